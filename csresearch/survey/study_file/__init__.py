"""The study file as text: parsing, and faults in our words."""
