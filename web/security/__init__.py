"""What a request must pass before it is carried out."""
