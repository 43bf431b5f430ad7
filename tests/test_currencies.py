"""How currencies are written: every sign and name of the table is read, and shared ones are told by the places around."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline import currencies, rulebook
from pipeline.facts import tables
from pipeline.numbers import read_currencies, read_quantities

#: What is written -> value and currency.
WRITTEN = [
    ("N1.4 billion", "1.4e9", "NGN"), ("N450,000", "450000", "NGN"), ("R12 million", "12e6", "ZAR"), ("R$ 4.5 million", "4.5e6", "BRL"),
    ("RM 2.3 million", "2.3e6", "MYR"), ("Rp 46 billion", "46e9", "IDR"), ("VNĐ46 billion", "46e9", "VND"), ("KES 97 million", "97e6", "KES"),
    ("Ksh 3 million", "3e6", "KES"), ("₹9 crore", "9e7", "INR"), ("Rs 5 lakh", "5e5", "INR"), ("45 billion won", "45e9", "KRW"),
    ("₩4.2 billion", "4.2e9", "KRW"), ("212 million lira", "212e6", "TRY"), ("34p", "0.34", "GBP"), ("95 pence", "0.95", "GBP"),
    ("99¢", "0.99", "USD"), ("13 euro cents", "0.13", "EUR"), ("3 million zł", "3e6", "PLN"), ("PLN 3.5m", "3.5e6", "PLN"),
    ("14 million kronor", "14e6", "SEK"), ("40kr", "40", "SEK"), ("CHF 250,000", "250000", "CHF"), ("a million Swiss francs", "1e6", "CHF"),
    ("S$4.1 million", "4.1e6", "SGD"), ("HK$30 million", "30e6", "HKD"), ("NT$ 90 million", "90e6", "TWD"), ("A$2.2m", "2.2e6", "AUD"),
    ("C$1.9 million", "1.9e6", "CAD"), ("Can$ 4 million", "4e6", "CAD"), ("AED 12 million", "12e6", "AED"), ("SAR 40m", "40e6", "SAR"),
    ("₪3.4 million", "3.4e6", "ILS"), ("3 million shekels", "3e6", "ILS"), ("CLP 340 million", "340e6", "CLP"), ("S/ 4 million", "4e6", "PEN"),
    ("₱12 million", "12e6", "PHP"), ("GH₵ 2 million", "2e6", "GHS"), ("E£3 million", "3e6", "EGP"), ("3.1 million €", "3.1e6", "EUR"),
    ("usd 3 million", "3e6", "USD"), ("60 million Argentine pesos", "60e6", "ARS"), ("four million Canadian dollars", "4e6", "CAD"),
]  # fmt: skip
#: A name that several countries have -> the code that its surroundings tell.
SHARED = [
    ("The university in Bogotá paid 900 million pesos.", "COP"),
    ("Santiago's centre spent 300 million pesos.", "CLP"),
    ("It cost 30 million pesos.", "MXN"),
    ("A lab in Oslo spent 12 million kr on it.", "NOK"),
    ("Stockholm put in 12 million kr.", "SEK"),
    ("The Copenhagen team needed 4 million kroner.", "DKK"),
    ("Kigali's run took 40 million francs.", "RWF"),
    ("EPFL needed two million francs.", "CHF"),
    ("Cairo paid 3 million pounds.", "EGP"),
    ("It came to 3 million pounds.", "GBP"),
    ("A firm in Lahore spent 80 million rupees.", "PKR"),
    ("The rent was 80 million rupees.", "INR"),
    ("Makerere's run took 200 million shillings.", "UGX"),
    ("Beijing's run took ¥3 billion.", "CNY"),
    ("Osaka's run took ¥3 billion.", "JPY"),
    ("800 crowns in Prague", "CZK"),
    ("2 million dinars in Tunis", "TND"),
]
#: Letters and words that are no money.
NO_MONEY = ["R1 671B", "N = 4,000", "an N 7B", "1080p video", "8 AMD MI300X", "6 ft tall", "KD 5 million", "3D, 4o", "four pounds of CO2", "RM 7B"]  # fmt: skip


@pytest.mark.parametrize(("written", "value", "code"), WRITTEN)
def test_sums_are_read_with_their_currency(written: str, value: str, code: str) -> None:
    text = f"Training took {written} in all."
    (quantity,) = read_quantities(text)
    assert (quantity.value, quantity.unit) == (Decimal(value), code)
    assert text[quantity.start : quantity.end] == written


@pytest.mark.parametrize(("text", "code"), SHARED)
def test_shared_names_are_told_by_the_places_around(text: str, code: str) -> None:
    assert [quantity.unit for quantity in read_quantities(text)] == [code]


@pytest.mark.parametrize("text", NO_MONEY)
def test_initials_and_weights_are_no_money(text: str) -> None:
    assert all(quantity.unit not in currencies.CODES for quantity in read_quantities(text))


@pytest.mark.parametrize("row", rulebook.table("figures/currencies.csv"), ids=lambda row: row["currency"])
def test_every_sign_and_name_is_read(row: dict[str, str]) -> None:
    place = row["places"].partition(";")[0]
    for sign in [*filter(None, row["signs"].split(";")), row["currency"]]:
        (quantity,) = read_quantities(f"{place}: {sign}12 million")
        assert quantity.unit == row["currency"], sign
    for name in [*filter(None, row["names"].split(";")), row["currency"]]:
        (quantity,) = read_quantities(f"{place}: 12 million {name}.")
        assert quantity.unit == row["currency"], name
    for name in filter(None, row["hundredths"].split(";")):
        (quantity,) = read_quantities(f"{place}: 12 {name}.")
        assert (quantity.unit, quantity.value) == (row["currency"], Decimal("0.12")), name


def test_names_stand_alone_unless_they_are_other_words() -> None:
    assert read_currencies("in euros, not in won", 0, 20) == [(3, "EUR")]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("Cost (US$ m)", "USD"),
        ("Cost, R$ million", "BRL"),
        ("Training cost (zł)", "PLN"),
        ("Cost in kronor", "SEK"),
        ("Cost (CN¥ m)", "CNY"),
        ("Cost (A$)", "AUD"),
    ],
)
def test_heads_of_columns_name_their_currency(head: str, code: str) -> None:
    column = tables.column(head)
    assert column is not None
    assert column.currency == code
