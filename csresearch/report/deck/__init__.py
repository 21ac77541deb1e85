"""The deck: exhibits as native, editable slides."""
