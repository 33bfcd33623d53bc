"""Files and archives that hold articles."""
