"""From a file to chunks: read (child process) → clean → structure → chunk, by LlamaIndex."""
