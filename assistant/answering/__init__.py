"""From passages to answers: sentences chosen or written, each grounded in a quote."""
