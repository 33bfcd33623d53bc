"""The catalogue of sentences that people are told. Pure.

What readers are told is in one TOML file a language (`en.toml` and its translations), which the chat, the pages, the
widget and the answers share. In English alone: what is told to those who run the server or write a program
(`command_line`, `refusals`), and the widget's made-up demo page (`demo`).
"""

from rag.messages.answers import *
from rag.messages.catalogue import *
from rag.messages.command_line import *
from rag.messages.demo import *
from rag.messages.refusals import *
