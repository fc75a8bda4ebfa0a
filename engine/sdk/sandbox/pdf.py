"""A PDF for systems that answer with one."""

from __future__ import annotations


def tiny_pdf(text: str) -> bytes:
    """A valid one-page PDF with a line of text."""
    shown = text.encode("ascii", "replace").decode().translate(str.maketrans("()\\", "   "))
    stream = f"BT /F1 14 Tf 40 780 Td ({shown}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    pdf, starts = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        starts.append(len(pdf))
        pdf += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    trailer = f"trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(pdf)}\n%%EOF"
    return f"{pdf}xref\n0 6\n0000000000 65535 f \n{table}{trailer}".encode()
