"""Claims for the entailment head, made of questions and sentences by rule."""
