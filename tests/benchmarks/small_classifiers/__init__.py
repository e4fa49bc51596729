"""Small classifiers on generated pictures and tables: sound ones that look odd, and the classic faults.

``python -m tests.benchmarks.small_classifiers run`` audits each in turn; ``table`` shows whether the cause was found, and where.
"""
