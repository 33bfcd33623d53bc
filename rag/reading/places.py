"""Names of countries and of states within them, as English news writes them. Pure.

Countries are those of the Unicode CLDR (through Babel), with the short forms that newspapers prefer.
"""

import re
from collections.abc import Collection

from babel import Locale

_ALSO_COUNTRIES = (
    "US", "U.S.", "USA", "America", "UK", "U.K.", "Britain", "England", "Scotland", "Wales", "Northern Ireland",
    "Czech Republic", "Turkey", "Hong Kong", "Macau", "Myanmar", "Burma", "Ivory Coast", "Congo", "Palestine", "Bosnia",
    "Trinidad", "Micronesia", "UAE", "Emirates", "Holland",
)  # fmt: skip
_COUNTRY_CODE = re.compile(r"[A-Z]{2}")
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
"""Codes of unions, seas, test regions and "unknown"."""
_STATES = (
    # the United States
    "Alabama", "Alaska", "Arizona", "Arkansas", "California", "Colorado", "Connecticut", "Delaware", "Florida",
    "Georgia", "Hawaii", "Idaho", "Illinois", "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine", "Maryland",
    "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska", "Nevada",
    "New Hampshire", "New Jersey", "New Mexico", "New York", "North Carolina", "North Dakota", "Ohio", "Oklahoma",
    "Oregon", "Pennsylvania", "Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah", "Vermont",
    "Virginia", "Washington", "West Virginia", "Wisconsin", "Wyoming",
    # India
    "Andhra Pradesh", "Arunachal Pradesh", "Assam", "Bihar", "Chhattisgarh", "Goa", "Gujarat", "Haryana",
    "Himachal Pradesh", "Jharkhand", "Karnataka", "Kerala", "Madhya Pradesh", "Maharashtra", "Manipur", "Meghalaya",
    "Mizoram", "Nagaland", "Odisha", "Punjab", "Rajasthan", "Sikkim", "Tamil Nadu", "Telangana", "Tripura",
    "Uttar Pradesh", "Uttarakhand", "West Bengal",
    # Australia
    "New South Wales", "Queensland", "South Australia", "Tasmania", "Victoria", "Western Australia",
    # Germany and Austria
    "Baden-Württemberg", "Bavaria", "Brandenburg", "Hesse", "Lower Saxony", "Mecklenburg-Western Pomerania",
    "North Rhine-Westphalia", "Rhineland-Palatinate", "Saarland", "Saxony", "Saxony-Anhalt", "Schleswig-Holstein",
    "Thuringia", "Burgenland", "Carinthia", "Lower Austria", "Salzburg", "Styria", "Tyrol", "Upper Austria",
    "Vorarlberg",
)  # fmt: skip


def _any_of(names: Collection[str]) -> str:
    """A pattern for one of the names as written: longer ones first, so that New Guinea is not taken for Guinea."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return rf"\b(?-i:{'|'.join(map(re.escape, longest_first))})(?!\w)"


def _countries() -> set[str]:
    territories = {str(code): str(name) for code, name in Locale("en").territories.items()}
    codes = {code for code in territories if _COUNTRY_CODE.fullmatch(code)} - _NO_COUNTRIES
    return {territories[code] for code in codes} | set(_ALSO_COUNTRIES)


COUNTRY = _any_of(_countries())
"""Pattern of a country's name; capitals count even where the pattern around it ignores them."""
STATE = _any_of(_STATES)
"""Pattern of the name of a state of a federation whose papers are read in English."""
