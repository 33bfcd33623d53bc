"""The catalogue of sentences that people are told: one module for each who is told, one name for each sentence. Pure.

Code and templates take a sentence from here; tests and evaluation recognise it by the same name. Not here: what the
widget's script shows (`web/assets/widget/messages`, one file a language), and errors that only somebody who writes a
program sees.
"""

from rag.messages.answers import *
from rag.messages.articles import *
from rag.messages.chat import *
from rag.messages.command_line import *
from rag.messages.pages import *
from rag.messages.refusals import *
from rag.messages.widget import *
