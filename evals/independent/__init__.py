"""Checks of answers and plans that share no code with the assistant."""
