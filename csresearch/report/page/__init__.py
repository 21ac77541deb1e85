"""The page: exhibits as one HTML file."""
