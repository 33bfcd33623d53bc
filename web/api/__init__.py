"""The JSON interfaces: Dateline's own, and OpenAI's."""
