"""What is stored of articles, passages and visits, each kind behind methods of its own."""
