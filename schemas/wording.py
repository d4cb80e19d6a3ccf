"""The same thing said in German and in English: labels, titles, and sentences for people."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

_GERMAN: Final = "de"


class Wording(BaseModel):
    """The same thing said in German and in English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    de: str = Field(min_length=1, max_length=400)
    en: str = Field(min_length=1, max_length=400)

    def for_language(self, language: str) -> str:
        """Give the German for German documents, the English for all others.

        Parameters
        ----------
        language
            ISO 639-1, of the document; a region may follow.
        """
        return self.de if language.startswith(_GERMAN) else self.en
