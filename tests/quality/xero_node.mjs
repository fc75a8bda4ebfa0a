// Xero's own client for node against the sandbox: node xero_node.mjs NODE_MODULES ORIGIN TENANT < token
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, origin, tenant] = process.argv.slice(2);
const { XeroClient } = createRequire(`${modules}/`)("xero-node");

const xero = new XeroClient({ clientId: "sandbox", clientSecret: "sandbox", grantType: "client_credentials" });
xero.setTokenSet({ access_token: readFileSync(0, "utf-8").trim(), token_type: "Bearer" });
const api = xero.accountingApi;
api.basePath = `${origin}/api.xro/2.0`;
api.accessToken = xero.readTokenSet().access_token;

const day = (date) => new Date(date).toISOString().slice(0, 10);
const contacts = (await api.createContacts(tenant, { contacts: [{ name: "Acme" }] })).body.contacts;
const draft = {
  type: "ACCREC",
  contact: { contactID: contacts[0].contactID },
  date: "2026-09-14",
  dueDate: "2026-10-14",
  status: "AUTHORISED",
  lineItems: [{ description: "Advice", quantity: 2.5, unitAmount: 10.1, accountCode: "200" }],
};
const created = (await api.createInvoices(tenant, { invoices: [draft] })).body.invoices[0];
assert.equal(created.total, 30.55);
const read = (await api.getInvoice(tenant, created.invoiceID)).body.invoices[0];
assert.equal(read.lineItems[0].lineAmount, 25.25);
assert.equal(day(read.date), "2026-09-14");
const listed = (await api.getInvoices(tenant, undefined, 'Type=="ACCREC"', "Date DESC")).body.invoices;
assert.deepEqual(listed.map((one) => one.invoiceID), [created.invoiceID]);
const refused = (
  await api.createInvoices(tenant, { invoices: [{ ...draft, lineItems: [] }] }, false)
).body.invoices[0];
assert.equal(refused.hasErrors, true);
assert.equal(day(refused.date), "2026-09-14");
assert.ok(refused.validationErrors[0].message.includes("line items"));
console.log("contacts, invoices, lists and refusals are read as it expects");
