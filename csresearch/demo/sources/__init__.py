"""What is heard beside the survey, of the same outlets and customers: visits, tickets, customers, staff, ideas."""
