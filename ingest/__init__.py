"""From files to the library: reading, cleaning and recording articles."""
