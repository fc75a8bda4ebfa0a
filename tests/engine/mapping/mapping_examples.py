"""Example mappings in the language that mappings/README.md describes."""

INVOICES = """\
mapping: invoices
doc: An invoice sent in PSOhub becomes a Xero sales invoice.
source:
  stream: psohub.invoices
  as: invoice
  where: "{{ invoice.status in settings.push_statuses and invoice.total_ex_vat >= 0 }}"
target:
  stream: xero.invoices
  match:                                  # adopt what stands there already; first rule with one hit wins
    - {Reference: "{{ invoice.number }}"}
  on_change: hold                         # hold | update | ignore: what a later edit in PSOhub does
totals:                                   # control totals: what Xero will compute must agree with PSOhub
  SubTotal: "{{ invoice.total_ex_vat }}"
  Total: "{{ invoice.total_inc_vat }}"
  on_difference: "{{ settings.rounding }}"   # accept | adjust_tax | rounding_line | hold
fields:
  Type: ACCREC
  Reference: "{{ invoice.number }}"
  Contact: {ref: contacts, key: "{{ invoice.customer_id }}"}
  Date: "{{ invoice.date }}"
  DueDate:
    first:                                # the first one that is there
      - "{{ invoice.due_date }}"
      - "{{ invoice.date | plus_days(invoice.project.due_days) }}"
      - "{{ invoice.date | plus_days(settings.due_days) }}"
  CurrencyCode: "{{ invoice.currency }}"
  LineItems: {each: "{{ invoice.lines }}", use: lines}
actions:
  - do: email                             # a verb of the target's stream; credit notes have none
    when: "{{ settings.auto_send and not (settings.psohub_mails and invoice.status == 'sent') }}"
"""
LINES = """\
mapping: lines
shape: {from: psohub.invoices.lines, as: line, parent: invoice, to: xero.invoices.LineItems}   # its names
fields:
  Description: {join: ["{{ line.number }}", "{{ line.name }}", "{{ line.description }}"], max: 4000}
  AccountCode:
    first: ["{{ line.gl_account }}", "{{ settings.revenue_account }}"]
    lookup: {in: accounts, by: [Code, Name], give: Code}
  TaxType: {value: "{{ line.tax_category }}", lookup: {in: tax_types, by: [category]}, optional: true}
"""
CONTACTS = """\
mapping: contacts
source: {stream: psohub.companies, as: company}
target: {stream: xero.contacts, match: [{Name: "{{ company.name }}"}]}
fields:
  Name: {value: "{{ company.name }}", required: true}
  Addresses:
    list:
      - fields: {AddressType: POBOX, City: "{{ company.city }}"}
"""
STATUS = """\
mapping: invoice-status
source: {stream: xero.invoices, as: invoice, linked: invoices}
target: {stream: psohub.invoices, create: never}
fields:
  external_id: "{{ invoice.InvoiceNumber }}"
  status: {value: paid, when: "{{ invoice.Status == 'PAID' and invoice.AmountPaid > 0 }}"}
"""
PACK = {"invoices": INVOICES, "lines": LINES, "contacts": CONTACTS, "status": STATUS}
