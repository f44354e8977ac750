import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { attributesIn, contactPatchBody, contactPutBody, contactsQuery } from '../contact-schemas.ts'
import { contactExportView, contactView } from '../contact-views.ts'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import { consentBody, contactPath } from '../schemas.ts'
import type { Services } from '../services.ts'
import { listView, startedView } from '../views.ts'

const tags = ['Contacts']
const contact = json('The contact.', contactView)

export function contactRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/contacts', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listContacts',
        summary: 'List contacts, newest first',
        querystring: contactsQuery,
        response: { 200: json('A page.', listView(contactView)), ...errors(400, ...forKey) },
      },
      handler: async (request) => {
        const { q, language, marketing, cursor, limit } = request.query
        const filter = { q, language, marketing, cursor, limit, attributes: attributesIn(request.query) }
        return unwrap(await services.listContacts(request.caller, filter))
      },
    })

    app.get('/contacts/:contact', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getContact',
        summary: 'Read a contact',
        params: contactPath,
        response: { 200: contact, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getContact(request.caller, request.params.contact)),
    })

    app.put('/contacts/:contact', {
      config: { scope: 'send', audit: { action: 'contact.put', by: 'deed' } },
      schema: {
        tags,
        operationId: 'putContact',
        summary: 'Make a contact, or set what is known of one',
        description: 'What is not given stays; `attributes` that are given are all of them.',
        params: contactPath,
        body: contactPutBody,
        response: { 200: contact, 201: json('A new contact.', contactView), ...errors(...forBody, ...forKey) },
      },
      async handler(request, reply) {
        const put = unwrap(await services.putContact(request.caller, request.params.contact, request.body))
        return reply.code(put.created ? 201 : 200).send(put.contact)
      },
    })

    app.patch('/contacts/:contact', {
      config: { scope: 'send', audit: { action: 'contact.update', by: 'deed' } },
      schema: {
        tags,
        operationId: 'updateContact',
        summary: 'Change what is known of a contact',
        description: 'null forgets a value, attributes one by one; `"unreachable": null` lets them be tried again.',
        params: contactPath,
        body: contactPatchBody,
        response: { 200: contact, ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request) =>
        unwrap(await services.updateContact(request.caller, request.params.contact, request.body)),
    })

    app.delete('/contacts/:contact', {
      config: { scope: 'admin', ofAllNumbers: true, confirm: true, audit: { action: 'contact.erase', by: 'deed' } },
      schema: {
        tags,
        operationId: 'eraseContact',
        summary: "Erase a person's data",
        params: contactPath,
        description:
          'Takes a while: `GET /v1/jobs/{id}` tells how far it has come. What stays is a keyed hash per id of an opt-out.',
        response: { 202: json('A job does it.', startedView), ...errors(...forKey, 404) },
      },
      handler: async (request, reply) =>
        reply.code(202).send(unwrap(await services.eraseContact(request.caller, request.params.contact))),
    })

    app.get('/contacts/:contact/export', {
      config: { scope: 'admin', confirm: true, audit: { action: 'contact.export', by: 'deed' } },
      schema: {
        tags,
        operationId: 'exportContact',
        summary: 'Everything that is kept of a person',
        description:
          'Who they are, under which ids, their consents, and of each conversation every message and intent. Raw webhooks are left out: they go by themselves. It is a row in the audit log.',
        params: contactPath,
        response: { 200: json('The person.', contactExportView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.exportContact(request.caller, request.params.contact)),
    })

    app.post('/contacts/:contact/consent', {
      config: { scope: 'send', audit: { action: 'contact.consent', by: 'deed' } },
      schema: {
        tags,
        operationId: 'recordConsent',
        summary: 'Record an opt-in or opt-out',
        params: contactPath,
        body: consentBody,
        response: { 200: contact, ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request) =>
        unwrap(await services.recordConsent(request.caller, request.params.contact, request.body)),
    })
  }
}
