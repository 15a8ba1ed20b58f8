"""Measuring the assistant: question sets, metrics, independent checks, benchmarks."""
