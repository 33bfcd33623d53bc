"""How fast articles go in, and how fast they are found as a library grows."""
