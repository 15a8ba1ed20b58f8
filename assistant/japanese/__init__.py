"""Pure knowledge of Japanese text: width, sentences, dates, numbers, words. No files, no state."""
