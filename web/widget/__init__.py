"""The chat that publishers embed in their own pages."""
