"""Sound VGG16 programs, each with one fault or two injected: does the audit name the true cause, and what does its fix gain?

``python -m tests.benchmarks.faults run`` audits the programs and writes a line of JSON each; ``table`` shows what came of it;
``longer`` trains ten times as long with and without the fixes that were proved.
"""
