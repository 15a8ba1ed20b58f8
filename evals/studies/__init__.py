"""What a part of the program is worth, and fits of what it ships, to be run again."""
