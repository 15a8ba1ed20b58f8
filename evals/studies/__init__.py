"""Studies that fit what the program ships: their scripts, to be run again."""
