"""Answers that a language model writes: prompts, the model with its faults and its costs, and the checking of drafts.

Its modules load LlamaIndex, which costs seconds: `rag.answering.factory` imports them where a model is set.
"""
