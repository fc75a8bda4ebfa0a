"""The words the company is made of: countries, names, streets, projects and what is sold. Data only.

E-mail domains end in .example and phone numbers are invented: nothing here reaches anyone.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Country:
    """Where customers live, how they are named there, and what they are charged in.

    In patterns `#` stands for a digit, `@` for a letter and `{n}` for a house number.
    """

    code: str
    name: str
    currency: str
    known: tuple[str, ...]
    stems: tuple[str, ...]
    legal: tuple[str, ...]
    cities: tuple[str, ...]  # "Boston, MA" if it has a region
    streets: tuple[str, ...]
    postal: str
    phone: str
    tax_number: str
    registration: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    taxes: tuple[tuple[str, Decimal], ...]


def _list(*lines: str) -> tuple[str, ...]:
    return tuple(entry.strip() for line in lines for entry in line.split("|"))


DOMESTIC = (("21% btw", Decimal(21)), ("9% btw", Decimal(9)))
EU_SERVICES = (("0% EU services", Decimal(0)),)
EXPORT = (("0% export", Decimal(0)),)

NL = Country(
    code="NL",
    name="Netherlands",
    currency="EUR",
    known=_list("Van der Berg Bouwgroep B.V. | Coöperatie De Zonnestroom U.A. | Stichting Het Tweede Thuis"),
    stems=_list(
        "De Vries | Janssen | Van Dijk | Bakker | Visser | Smit | Meijer | Mulder | Bos | Vos | Kuipers",
        "Hoekstra | Postma | Dekker | Brouwer | Van Leeuwen | Haan | Koster | Prins | Huisman | Blom",
    ),
    legal=_list("B.V. | N.V. | Holding B.V."),
    cities=_list(
        "Amsterdam | Rotterdam | Utrecht | Breda | ’s-Hertogenbosch | Groningen | Eindhoven | Zwolle"
    ),
    streets=_list(
        "Stadionstraat {n} | Keizersgracht {n} | Oude Haven {n}-a | Industrieweg {n} | Vrijthof {n}"
    ),
    postal="#### @@",
    phone="+31 85 8## ####",
    tax_number="NL#########B01",
    registration="########",
    first_names=_list("Sanne | Daan | Femke | Bram | Lotte | Jeroen | Anouk | Pieter | Renée | Thijs"),
    last_names=_list("de Boer | van den Heuvel | Jansen | Bakker | Kramer | Schouten | Ruïs | Veenstra"),
    taxes=DOMESTIC,
)
BE = Country(
    code="BE",
    name="Belgium",
    currency="EUR",
    known=_list("Brasserie Sint-Rochus NV | Ateliers Crèvecœur SA"),
    stems=_list(
        "Peeters | Maes | Claes | Willems | Lambert | Dubois | Leclercq | Goossens | Wouters | Desmet"
    ),
    legal=_list("NV | BV | SA | SRL"),
    cities=_list("Antwerpen | Gent | Liège | Brussels | Leuven"),
    streets=_list("Meir {n} | Rue Neuve {n} | Kouter {n} | Avenue Louise {n} | Koning Albertlaan {n}"),
    postal="####",
    phone="+32 2 55# ## ##",
    tax_number="BE0#########",
    registration="0###.###.###",
    first_names=_list("Joris | Élise | Koen | Amélie | Wout | Noémie | Bart | Margaux"),
    last_names=_list("Peeters | Lefèvre | Van Acker | Dumont | De Smet | Renard | Claessens"),
    taxes=EU_SERVICES,
)
DE = Country(
    code="DE",
    name="Germany",
    currency="EUR",
    known=_list("Müller & Söhne GmbH | Großhandel Weiß KG | Straßenbau Jäger GmbH & Co. KG"),
    stems=_list(
        "Schmidt | Schäfer | Krüger | Hoffmann | Böhm | Lehmann | Köhler | Vogel | Günther | Franke | Roth"
    ),
    legal=_list("GmbH | AG | GmbH & Co. KG | UG"),
    cities=_list("Hamburg | Köln | München | Leipzig | Düsseldorf"),
    streets=_list("Hauptstraße {n} | Am Markt {n} | Goethestraße {n} | Hafenallee {n} | Lindenweg {n}"),
    postal="#####",
    phone="+49 30 555 ####",
    tax_number="DE#########",
    registration="HRB #####",
    first_names=_list("Jürgen | Anja | Björn | Heike | Sören | Katharina | Lukas | Zoë"),
    last_names=_list("Müller | Groß | Schröder | Weiß | Lang | Bäcker | Neumann | Jäger"),
    taxes=EU_SERVICES,
)
GB = Country(
    code="GB",
    name="United Kingdom",
    currency="GBP",
    known=_list("Harcourt & Finch LLP | St. Aldwyn's Trust"),
    stems=_list(
        "Ashworth | Blackwood | Carrington | Dunmore | Ellery | Fairfax | Grantham | Holloway | Kingsley"
    ),
    legal=_list("Ltd | LLP | PLC | Group Ltd"),
    cities=_list("London | Manchester | Bristol | Edinburgh | Leeds"),
    streets=_list("{n} King Street | {n} Station Road | Unit {n}, Canal Wharf | {n} St. Mary’s Lane"),
    postal="@@# #@@",
    phone="+44 20 7946 0###",
    tax_number="GB#########",
    registration="0#######",
    first_names=_list("Olivia | Harry | Amelia | George | Zoe | Callum | Priya | Owen"),
    last_names=_list("Bennett | Clarke | Hughes | Patel | Reid | Turner | Walsh | Sinclair-Ross"),
    taxes=EXPORT,
)
IE = Country(
    code="IE",
    name="Ireland",
    currency="EUR",
    known=_list("O'Brien Daughters & Co. Ltd | Gaelscoil Ráth Mór CLG"),
    stems=_list("Byrne | Ó Súilleabháin | Gallagher | Doyle | McCarthy | Nolan | Fitzgerald | Quinn"),
    legal=_list("Ltd | DAC | Teoranta"),
    cities=_list("Dublin, Co. Dublin | Cork, Co. Cork | Galway, Co. Galway | Limerick, Co. Limerick"),
    streets=_list("{n} Patrick Street | {n} Quay House | {n} Eyre Square"),
    postal="@## @#@#",
    phone="+353 1 555 ####",
    tax_number="IE#######T",
    registration="######",
    first_names=_list("Aoife | Seán | Niamh | Ciarán | Róisín | Patrick"),
    last_names=_list("Murphy | O'Connor | Kelly | Ó Briain | Brennan | Power"),
    taxes=EU_SERVICES,
)
US = Country(
    code="US",
    name="United States",
    currency="USD",
    known=_list("Blue Heron Logistics, Inc. | Peña Brothers Citrus LLC"),
    stems=_list("Anderson | Brooks | Carver | Delgado | Emerson | Foster | Granger | Jefferson | Lincoln"),
    legal=_list("Inc. | LLC | Corp. | LP"),
    cities=_list("Boston, MA | Austin, TX | Portland, OR | Chicago, IL | Denver, CO"),
    streets=_list("{n} Main St | {n} Commerce Blvd, Suite 400 | {n} Harbor Ave"),
    postal="#####",
    phone="+1 617 555 01##",
    tax_number="##-#######",
    registration="C#######",
    first_names=_list("Madison | Tyler | José | Grace | Ethan | Renee | Marcus | Chloë"),
    last_names=_list("Johnson | Nguyen | García | Baker | Morgan | O'Neill | Wright"),
    taxes=EXPORT,
)

# The first six cover every country, so that a small company has all currencies; two in five are Dutch.
COUNTRIES = (NL, GB, DE, US, IE, BE, NL, NL, GB, NL, DE, NL, US, NL, BE)

TRADES = _list(
    "Advies | Logistics | Energy | Foods | Software | Media | Studio | Care | Textiles | Marine | Labs",
    "Automotive | Interieur | Robotics | Publishing | Hospitality | Instruments | Packaging | Agro",
)
JOB_TITLES = _list(
    "Finance manager | Office manager | Controller | Managing director | Project lead | Accounts payable"
)
SALUTATIONS = _list("Mr | Mrs | Ms | Dr")
MANAGERS = _list("Art Volker | Ilse Brandt | Nadia Haddad")

PROJECTS = _list(
    "Website relaunch | ERP implementation | Support contract | Data platform | Process review | Office move",
    "Café concept rollout | Security audit | Training programme | Fleet dashboard | Webshop phase 2",
)
STAGES = _list("Active | Active | Active | On hold | Completed")

NOTES = (
    "If you have any questions about this invoice, feel free to contact us via finance@acme.example",
    "Thank you for your business.\nPlease mention the invoice number with your payment.",
    "Betreft werkzaamheden conform offerte; zie bijlage.",
)

# Names of contract lines hold neither ' nor " (connectors/psohub/API.md, 4).
ROLES = _list("Senior consultant | Consultant | Project manager | Data engineer | UX designer")
RATES = tuple(map(Decimal, _list("85 | 92.50 | 95 | 98.35 | 110 | 112.50 | 125 | 137.75")))
WORK = _list(
    "Workshops with the key users | Backlog refinement | Configuration & testing",
    "Data migration, dry run | Go-live | Überarbeitung der Schnittstelle",
)
FIXED = _list("Kick-off workshop | Business Review | Design phase | Go-live package | Quick scan")
RETAINERS = _list("Support retainer | Maintenance, monthly | Service desk, bronze | On-call retainer")
EXPENSES = _list("Travel and lodging | Train tickets | Venue hire | Courier costs | Licences passed on")
DISCOUNTS = _list("Loyalty discount | Project discount | Agreed reduction")
PRODUCTS = (
    ("Sensor, type B", Decimal("34.95")),
    ("User licence", Decimal("12.5")),
    ("Cloud storage, GB", Decimal("0.1648")),
    ("API calls, per 1,000", Decimal("1.2375")),
    ("Handbook, printed", Decimal("24.90")),
    ("Hardware token", Decimal("18.4")),
)

# By kind of line: the account's code, or its name as a person typed it, at times with a trailing space.
ACCOUNTS = {
    "time": ("210", "Consulting revenue", "Consulting revenue "),
    "fixed": ("210", "0200", "Consulting revenue"),
    "retainer": ("220", "Support & maintenance", "Support & maintenance "),
    "product": ("230", "230 ", "0200"),
    "expense": ("240",),
    "discount": ("210", "0200"),
}
TRACKING = {"Region": ("North", "South", "Benelux"), "Department": ("Consulting", "Support", "Delivery")}

# What one unit was worth in the base currency, EUR, when the projects began: those keep it
# (connectors/psohub/API.md, 4).
RATES_TO_BASE = {"EUR": Decimal(1), "GBP": Decimal("1.1742"), "USD": Decimal("0.9215")}
