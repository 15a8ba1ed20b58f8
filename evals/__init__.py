"""Measuring the assistant: ``python -m evals`` lists the programs.

::

    datasets/      the questions, with their gold places and facts
    sets/          reading, checking and adding to them
    independent/   checks of quotes and plans that share no code with the assistant
    run/           every question asked and scored, the report, the gate, the prompts' lock
    studies/       what a part is worth, fits of what the program ships
    benchmarks/    speed and memory
    baseline/      the accepted run; ``results/`` holds the others (not under version control)
"""
