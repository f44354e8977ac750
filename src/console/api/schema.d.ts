// Made by `npm run console:types` of the OpenAPI document f0f4cfc51258b2c52f5362430ec94203b40cdb6de108bde38f4f257548d408b6.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the process alive? */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can the process do its work? */
        get: operations["readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counters and gauges for Prometheus
         * @description Open, or behind METRICS_KEY where that is set.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/whatsapp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Meta's handshake */
        get: operations["verifyWebhook"];
        put?: never;
        /**
         * Events from Meta
         * @description The body as Meta sent it, at most 3 MiB, with its `X-Hub-Signature-256`. Verified, stored raw, acknowledged; applied afterwards.
         */
        post: operations["receiveWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the own session */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in
         * @description By e-mail and password, with a code where the person has a second factor, or by the code of a one-time link. The answer sets the cookie.
         */
        post: operations["signIn"];
        /** Sign out */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who this key or session is, and what they may do */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all workspaces
         * @description Always one page.
         */
        get: operations["listWorkspaces"];
        put?: never;
        /**
         * Make a workspace
         * @description Without `id`, one is made of the name.
         */
        post: operations["createWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workspaces/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a workspace
         * @description Another than the own one needs the scope `system`.
         */
        get: operations["getWorkspace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a workspace
         * @description null forgets a value: then the words that are known of every language count.
         */
        patch: operations["updateWorkspace"];
        trace?: never;
    };
    "/v1/workspaces/{id}/signing-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the secret anew that calls of flows are signed with
         * @description By Standard Webhooks. It is in this answer and never again; what is called from now on is signed with it, and with no other.
         */
        post: operations["makeSigningSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys that are not revoked
         * @description Always one page. Keys of the environment are not among them.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make an API key
         * @description The key is in this answer and never again. Nobody gives a scope or a number that they lack.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description At once, on all processes.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give the password or a code again
         * @description For ten minutes, what asks for it (403 `confirm_required`) is let pass.
         */
        post: operations["confirmSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the own sessions
         * @description Newest first, one page.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of the own sessions
         * @description At once, on all processes.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set the own password
         * @description Ends all other sessions of the person.
         */
        post: operations["setPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Finish to set up a second factor
         * @description Ends all other sessions of the person, which began without it.
         */
        put: operations["setTotp"];
        /**
         * Begin to set up a second factor
         * @description It counts once PUT was given a code of it.
         */
        post: operations["beginTotp"];
        /** Remove the second factor */
        delete: operations["removeTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the people of the workspace
         * @description Always one page. What they are elsewhere is not shown.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Invite somebody
         * @description The link is in this answer and never again; it signs them in once, within three days. An e-mail address that is known gets the membership, and `link: null`.
         */
        post: operations["inviteUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove somebody from the workspace
         * @description Counts at once. Who is in no workspace any more is forgotten. The last admin of a workspace is not removed (409 `last_admin`).
         */
        delete: operations["removeUser"];
        options?: never;
        head?: never;
        /**
         * Change what somebody is here
         * @description Counts for their next request. Who is disabled is let in no more; other workspaces are not concerned. The last admin of a workspace stays one (409 `last_admin`).
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who did what
         * @description Newest first: every command, refusals and wrong keys too. A message that was enqueued has `created_by` instead of a row here.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/intents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List intents, newest first */
        get: operations["listIntents"];
        put?: never;
        /**
         * Enqueue a message
         * @description Commits what should be sent. Whether it may go free-form is decided when it leaves; `forecast` says how that would end by now.
         */
        post: operations["enqueueIntent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/intents/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enqueue up to 1,000 messages
         * @description Results stand in the order of the intents. A refused one has an `error` and stops none of the others.
         */
        post: operations["enqueueIntents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/intents/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask what would become of a message
         * @description The same body as for enqueueing; nothing is stored. `now`: were it to leave now. `at_send_at`: at its `send_at`, by what is known today.
         */
        post: operations["forecastIntent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/intents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an intent with its attempts and decisions */
        get: operations["getIntent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a message that has not left
         * @description Its content, time and policy, checked as those of a new one; null is what a member would be, had it not been given. One that is held is decided about anew with another content, policy or time. 409 once it is being sent, or over. Again: 200, no change.
         */
        patch: operations["changeIntent"];
        trace?: never;
    };
    "/v1/intents/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an intent
         * @description Cancelled when it has not left. While its request may have left, the wish is kept (202): it is not sent again, and ends `cancelled`, or `sent` if Meta had it.
         */
        post: operations["cancelIntent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/intents/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a failed, expired or cancelled intent again */
        post: operations["replayIntent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/intents/{id}/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Settle a doubt by hand
         * @description For an intent in doubt only: you know whether Meta has the message.
         */
        post: operations["settleIntent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/intents/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel, replay or settle all intents that a filter finds
         * @description With `dry_run` they are counted and nothing is done. Else a job does it, step by step; what comes in after it began is left alone. The same request while its job runs: the same job.
         */
        post: operations["bulkIntents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/intents/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count intents by state
         * @description With the filters of the list. Each state is counted up to `at_most`.
         */
        get: operations["countIntents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List campaigns, newest first */
        get: operations["listCampaigns"];
        put?: never;
        /** Begin a campaign, as a draft */
        post: operations["createCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a campaign */
        get: operations["getCampaign"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a draft
         * @description Members that are named replace those of before, null takes one out. The whole is checked again. Of what was started only `budget` and `pause_when` may be changed.
         */
        patch: operations["updateCampaign"];
        trace?: never;
    };
    "/v1/campaigns/{id}/estimate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a campaign will come to
         * @description Of a draft, counted line by line with the decisions that the run will make. A long list takes a while: ask again until it is `ready`.
         */
        get: operations["getEstimate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a campaign
         * @description From here on its list and its texts stay as they are. Again: no change. What stands in the way is named in `problems`.
         */
        post: operations["startCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a campaign
         * @description Within two seconds nothing of it leaves any more. What is on its way goes its way.
         */
        post: operations["pauseCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a paused campaign go on
         * @description Where it stood: nobody is passed by, and nobody is written to twice.
         */
        post: operations["resumeCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a campaign for good
         * @description Whom nothing was sent to is `cancelled`. What Meta has, it has; what is in doubt ends as Meta says.
         */
        post: operations["cancelCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/recipients.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what became of everybody
         * @description `line,to,state,reason_code,reason,sent_as,wamid,sent_at,delivered_at,read_at,cost,replied_at,tapped_at,stopped_at`, where they differ `variant`, `sender` and `zones` (by whose clocks they are written to), and the columns of the lists. Streamed in the order in which they are handed over; a thousand at a time are of one moment.
         */
        get: operations["getCampaignRecipientsCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/recipients.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what became of everybody, as lines of JSON
         * @description `line,to,state,reason_code,reason,sent_as,wamid,sent_at,delivered_at,read_at,cost,replied_at,tapped_at,stopped_at`, where they differ `variant`, `sender` and `zones` (by whose clocks they are written to), and the columns of the lists. Streamed in the order in which they are handed over; a thousand at a time are of one moment.
         */
        get: operations["getCampaignRecipientsNdjson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read why recipients were not reached, by reason */
        get: operations["getCampaignFailures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try again for those who were not reached
         * @description Makes a draft of the same, its `parent` being this one, for those whose message failed or expired for one of these reasons. Nothing leaves before it is started. Of very many it is there before its list is, which is copied on: see `GET …/audience` of the child.
         */
        post: operations["retryCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a flow, with its versions and counts */
        get: operations["getFlow"];
        /**
         * Write a flow, or its next version
         * @description The same text is the same version. Rolling back is the old text: it becomes a new version. 409 `steps_in_use`: with `migrate`, steps that live runs are in would vanish.
         */
        put: operations["deployFlow"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List flows, by name */
        get: operations["listFlows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows/{name}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin nothing and go on with nothing; what stops a run still does */
        post: operations["pauseFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows/{name}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on; what is overdue comes one after the other */
        post: operations["resumeFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows/{name}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the runs of a flow, newest first */
        get: operations["listFlowRuns"];
        put?: never;
        /** Start a run of a flow whose triggers have `api` */
        post: operations["startFlowRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flow-runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a run, with what happened in it and why */
        get: operations["getFlowRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flow-runs/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a run; what of it has not left does not leave */
        post: operations["stopFlowRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flow-runs/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a run rest; what stops it still does */
        post: operations["pauseFlowRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flow-runs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a run go on */
        post: operations["resumeFlowRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flow-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell flows what happened to a customer elsewhere
         * @description Runs that wait for it go on, runs that it stops end, flows that begin by it begin. The same key is the same event.
         */
        post: operations["tellFlowEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/audience": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read which lists a campaign has
         * @description In the order in which they came, those that come in and those that failed too.
         */
        get: operations["listAudience"];
        put?: never;
        /**
         * Add a list of recipients to a draft
         * @description The body is CSV with a header, up to 1 GiB: `to` is the number (or a BSUID), every other column may stand in texts. Rows of JSON are the same, an array of objects or an object a line (NDJSON). Or it is a JSON object, and says who of those who are known here: contacts by what is known of them, or the recipients of another campaign by what became of them. More lists add; the same person stands there once, whatever the spelling. Nothing of a list that is refused is kept.
         */
        post: operations["importAudience"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/audience/errors.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what was wrong with lines of the lists
         * @description Of all uploads, one after the other: `line,to,code,reason`.
         */
        get: operations["getAudienceErrors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a flow before it is put to work
         * @description The body is the document as it was written, YAML or JSON. It is told what would be told were it written under its name: the number it names and the templates of the accounts it may send from are looked at, where those were read.
         */
        post: operations["checkFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Play a flow against a scripted customer
         * @description In virtual time, without a message. `document` and `script` are objects, or the texts of YAML or JSON, whose problems have lines; their paths begin with `document` or `script`. One that does not come to its end within a second is refused.
         */
        post: operations["simulateFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows/schema.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the JSON Schema of flows
         * @description For editors, which complete and underline by it.
         */
        get: operations["getFlowSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List conversations with their windows */
        get: operations["listConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count conversations by filter
         * @description By the filters of the list, each up to `at_most`.
         */
        get: operations["countConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{sender}/{contact}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a conversation: windows, messages and what waits */
        get: operations["getConversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{sender}/{contact}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was exchanged, newest first */
        get: operations["listMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{sender}/{contact}/messages/{message}/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download the file of a message
         * @description Streamed from Meta, which keeps files for some weeks. Images, audio and video can be shown in a page; everything else is an attachment.
         */
        get: operations["getMessageMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{sender}/{contact}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark a conversation as read, for the whole team
         * @description With `receipt` the customer is shown it too; that it is read here stands also where Meta cannot be told.
         */
        post: operations["readConversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{sender}/{contact}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a conversation that was handed over
         * @description Clears `handed_over`, as the next reply by a person does. Again: no change.
         */
        post: operations["takeConversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file for a message
         * @description The bytes of the file, up to 100 MiB, with its own `Content-Type`. Goes to Meta, which keeps it for 30 days; `id` stands in a message in place of a link.
         */
        post: operations["uploadMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hear what happens, as it happens
         * @description Server-sent events. First `hello`, and again when the clock is moved: what happens from then on is told, so load what you show after it. `resync`: something was missed, load again what you show. Nothing is replayed. `: ping` every 15 s.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List contacts, newest first */
        get: operations["listContacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contacts/{contact}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a contact */
        get: operations["getContact"];
        /**
         * Make a contact, or set what is known of one
         * @description What is not given stays; `attributes` that are given are all of them.
         */
        put: operations["putContact"];
        post?: never;
        /**
         * Erase a person's data
         * @description Takes a while: `GET /v1/jobs/{id}` tells how far it has come. What stays is a keyed hash per id of an opt-out.
         */
        delete: operations["eraseContact"];
        options?: never;
        head?: never;
        /**
         * Change what is known of a contact
         * @description null forgets a value, attributes one by one; `"unreachable": null` lets them be tried again.
         */
        patch: operations["updateContact"];
        trace?: never;
    };
    "/v1/contacts/{contact}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that is kept of a person
         * @description Who they are, under which ids, their consents, and of each conversation every message and intent. Raw webhooks are left out: they go by themselves. It is a row in the audit log.
         */
        get: operations["exportContact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contacts/{contact}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Record an opt-in or opt-out */
        post: operations["recordConsent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a job */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what a bulk job has changed
         * @description The intents that it has cancelled, replayed or settled so far, newest first, as they are now. One with `cancel_requested_at` may have left: it is cancelled if it has not. Jobs of other kinds have none.
         */
        get: operations["listJobItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/senders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all senders
         * @description Always one page.
         */
        get: operations["listSenders"];
        put?: never;
        /**
         * Link a phone number
         * @description Again with the same id: updated. Linking starts a sync of the templates.
         */
        post: operations["linkSender"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/senders/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at what stands in the way of a number
         * @description Of a linked number (`id`), or of one that might be linked: then the body of a link, of which nothing is stored. Asks Meta about token, permissions, number, account, health and webhook subscription. Where the token is none, nothing else is asked.
         */
        post: operations["checkSender"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what is set up, and what is missing */
        get: operations["getSetup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/senders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a sender */
        get: operations["getSender"];
        put?: never;
        post?: never;
        /** Unlink a sender */
        delete: operations["unlinkSender"];
        options?: never;
        head?: never;
        /**
         * Change a sender
         * @description A new `access_token` lifts a token problem by itself; every other restriction needs a resume.
         */
        patch: operations["updateSender"];
        trace?: never;
    };
    "/v1/senders/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a sender
         * @description Its intents wait as held. Again: no change.
         */
        post: operations["pauseSender"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/senders/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a paused or restricted sender */
        post: operations["resumeSender"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/senders/{id}/subscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Subscribe the token's app to the number's account
         * @description Until then Meta sends none of the account's webhooks here. Again: no change, so an address of its own that the account has at Meta (`override_callback_uri`) stays.
         */
        post: operations["subscribeSender"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List templates as they were last synced */
        get: operations["listTemplates"];
        put?: never;
        /**
         * Create a template at Meta
         * @description The Cloud API's document with the account beside it.
         */
        post: operations["createTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read an account's templates from Meta */
        post: operations["syncTemplates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/lint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a template before Meta does */
        post: operations["lintTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show what the customer would read
         * @description Of a document, or of a template that is there, with values or without. Values that do not fit are refused as at sending.
         */
        post: operations["previewTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/library": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Meta's ready-made templates
         * @description One that is made from them, by `library_template_name`, is approved at once.
         */
        get: operations["listTemplateLibrary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a template with its history */
        get: operations["getTemplate"];
        put?: never;
        post?: never;
        /** Delete one language of a template at Meta */
        delete: operations["deleteTemplate"];
        options?: never;
        head?: never;
        /**
         * Edit a template at Meta
         * @description Meta reviews it again. An approved one may be edited once in 24 hours and ten times in 30 days: else 409 `edit_limit`, with `retry_at`.
         */
        patch: operations["editTemplate"];
        trace?: never;
    };
    "/v1/templates/{id}/unpause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a pause by pacing */
        post: operations["unpauseTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/{id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a template into Meta's archive
         * @description Nothing is sent from the archive, and what stays there for 28 days is deleted.
         */
        post: operations["archiveTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/{id}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a template out of Meta's archive
         * @description Nothing is sent from the archive, and what stays there for 28 days is deleted.
         */
        post: operations["unarchiveTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/{id}/hide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Leave a template out of lists
         * @description It can be sent all the same. Meta is not asked.
         */
        post: operations["hideTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/{id}/unhide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a template in lists again
         * @description It can be sent all the same. Meta is not asked.
         */
        post: operations["unhideTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload the sample of a header
         * @description The body is the file, with its `Content-Type` and `Content-Length`: JPEG and PNG up to 5 MiB, MP4 and 3GPP up to 16 MiB, documents up to 100 MiB. The handle goes into `example.header_handle` of the header.
         */
        post: operations["uploadTemplateSample"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List stored events */
        get: operations["listWebhookEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-events/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Apply an event again */
        post: operations["replayWebhookEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List endpoints
         * @description Always one page.
         */
        get: operations["listEndpoints"];
        put?: never;
        /**
         * Have something told to a program, over HTTP
         * @description What happens from the answer on is told. The secret is in this answer and never again. For `meta` with a `verify_token` the verify handshake is tried; it is no reason to refuse.
         */
        post: operations["createEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an endpoint */
        get: operations["getEndpoint"];
        put?: never;
        post?: never;
        /** Delete an endpoint, and what waits for it */
        delete: operations["deleteEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change an endpoint
         * @description null forgets a choice. What waits already goes as the endpoint is then.
         */
        patch: operations["updateEndpoint"];
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver nothing for now
         * @description What happens meanwhile is kept for 14 days.
         */
        post: operations["pauseEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver again
         * @description What was kept goes at once, in order. Also where Casement itself gave up.
         */
        post: operations["resumeEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver something that did not happen, at once
         * @description For `meta` with a verify token the handshake is tried too.
         */
        post: operations["testEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was, or is to be, delivered
         * @description Newest first, kept for 14 days.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver again what is of a time
         * @description In order, behind what waits, which is left. For `meta` all that Meta sent in it and that the endpoint wants now, as far as it is kept: also from before it was made, or while it was `gone`. For `events` what was made for it in that time; each goes under the id that it had.
         */
        post: operations["replayDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries/{delivery}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver something again
         * @description Behind what waits of the same number, as a delivery of its own under the id that it had.
         */
        post: operations["replayDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries/{delivery}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pass by a delivery that fails
         * @description What waits behind it of the same number goes at once. It stays in the list as `failed`, with no `next_at`.
         */
        post: operations["skipDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rate-cards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the rate cards
         * @description The newest day first. Always one page.
         */
        get: operations["listRateCards"];
        put?: never;
        /**
         * Import one of Meta's rate cards
         * @description Rates, or volume tiers, of one currency. A file with anything that is not known is refused whole, with every line that is at fault.
         */
        post: operations["importRateCard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What messages cost
         * @description Sums of what left on these days, both included, in the zone of each account; one row for each key and currency. `expected` is our price when it left, `actual` what its rate card says of what Meta told.
         */
        get: operations["readCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{version}/{phone_number_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send as at the Cloud API
         * @description For existing clients: change the host, and use a Casement key as the token; the version may be left out. The message is enqueued and goes by the sender's `default_when_closed`.
         */
        post: operations["cloudApiSend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{version}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a media object, a number, its account or a template
         * @description Passed through to Meta with the sender's own token.
         */
        get: operations["cloudApiReadNode"];
        put?: never;
        /**
         * Edit a template
         * @description Passed through to Meta with the sender's own token.
         */
        post: operations["cloudApiEditTemplate"];
        /**
         * Delete a media object
         * @description Passed through to Meta with the sender's own token.
         */
        delete: operations["cloudApiDeleteMedia"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{version}/{id}/message_templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List templates at Meta
         * @description Passed through to Meta with the sender's own token.
         */
        get: operations["cloudApiListTemplates"];
        put?: never;
        /**
         * Create a template at Meta
         * @description Passed through to Meta with the sender's own token.
         */
        post: operations["cloudApiCreateTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{version}/{id}/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload media
         * @description Passed through to Meta with the sender's own token.
         */
        post: operations["cloudApiUploadMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{version}/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a media object
         * @description Passed through to Meta with the sender's own token.
         */
        get: operations["cloudApiDownloadMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "intent.scheduled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What became of an intent; `state` is the one that is told. */
        post: operations["told_intent_scheduled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "intent.held": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What became of an intent; `state` is the one that is told. */
        post: operations["told_intent_held"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "intent.sent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What became of an intent; `state` is the one that is told. */
        post: operations["told_intent_sent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "intent.in_doubt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What became of an intent; `state` is the one that is told. */
        post: operations["told_intent_in_doubt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "intent.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What became of an intent; `state` is the one that is told. */
        post: operations["told_intent_failed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "intent.expired": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What became of an intent; `state` is the one that is told. */
        post: operations["told_intent_expired"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "intent.cancelled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What became of an intent; `state` is the one that is told. */
        post: operations["told_intent_cancelled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "intent.suppressed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What became of an intent; `state` is the one that is told. */
        post: operations["told_intent_suppressed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.received": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A message came, or a status of one of ours. */
        post: operations["told_message_received"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.delivered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A message came, or a status of one of ours. */
        post: operations["told_message_delivered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A message came, or a status of one of ours. */
        post: operations["told_message_read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A message came, or a status of one of ours. */
        post: operations["told_message_failed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.opened": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The windows of a sender and a contact. */
        post: operations["told_conversation_opened"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.entry_opened": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The windows of a sender and a contact. */
        post: operations["told_conversation_entry_opened"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.closing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The windows of a sender and a contact. */
        post: operations["told_conversation_closing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.ended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The windows of a sender and a contact. */
        post: operations["told_conversation_ended"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "contact.opted_out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What somebody wants, or who they turned out to be. */
        post: operations["told_contact_opted_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "contact.opted_in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What somebody wants, or who they turned out to be. */
        post: operations["told_contact_opted_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "contact.merged": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What somebody wants, or who they turned out to be. */
        post: operations["told_contact_merged"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "budget.warned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A budget of this month is used up to its warning, or spent. */
        post: operations["told_budget_warned"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "budget.spent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A budget of this month is used up to its warning, or spent. */
        post: operations["told_budget_spent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "template.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A template as Meta holds it, and what changed. */
        post: operations["told_template_created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "template.status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A template as Meta holds it, and what changed. */
        post: operations["told_template_status"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "template.category": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A template as Meta holds it, and what changed. */
        post: operations["told_template_category"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "template.category_changed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A template as Meta holds it, and what changed. */
        post: operations["told_template_category_changed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "template.quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A template as Meta holds it, and what changed. */
        post: operations["told_template_quality"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "template.components": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A template as Meta holds it, and what changed. */
        post: operations["told_template_components"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "template.category_announced": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A template as Meta holds it, and what changed. */
        post: operations["told_template_category_announced"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "sender.linked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A number that is sent from. */
        post: operations["told_sender_linked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "sender.unlinked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A number that is sent from. */
        post: operations["told_sender_unlinked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "sender.changed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A number that is sent from. */
        post: operations["told_sender_changed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "sender.paused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A number that is sent from. */
        post: operations["told_sender_paused"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "sender.resumed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A number that is sent from. */
        post: operations["told_sender_resumed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "sender.restricted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A number that is sent from. */
        post: operations["told_sender_restricted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "campaign.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A campaign was written, or moved; counts as they are now. */
        post: operations["told_campaign_created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "campaign.scheduled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A campaign was written, or moved; counts as they are now. */
        post: operations["told_campaign_scheduled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "campaign.started": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A campaign was written, or moved; counts as they are now. */
        post: operations["told_campaign_started"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "campaign.paused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A campaign was written, or moved; counts as they are now. */
        post: operations["told_campaign_paused"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "campaign.resumed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A campaign was written, or moved; counts as they are now. */
        post: operations["told_campaign_resumed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "campaign.finished": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A campaign was written, or moved; counts as they are now. */
        post: operations["told_campaign_finished"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "campaign.cancelled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A campaign was written, or moved; counts as they are now. */
        post: operations["told_campaign_cancelled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "flow.deployed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A flow was written, paused or resumed, or one of its runs moved. */
        post: operations["told_flow_deployed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "flow.paused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A flow was written, paused or resumed, or one of its runs moved. */
        post: operations["told_flow_paused"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "flow.resumed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A flow was written, paused or resumed, or one of its runs moved. */
        post: operations["told_flow_resumed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "flow.run_started": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A flow was written, paused or resumed, or one of its runs moved. */
        post: operations["told_flow_run_started"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "flow.run_paused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A flow was written, paused or resumed, or one of its runs moved. */
        post: operations["told_flow_run_paused"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "flow.run_resumed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A flow was written, paused or resumed, or one of its runs moved. */
        post: operations["told_flow_run_resumed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "flow.run_ended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A flow was written, paused or resumed, or one of its runs moved. */
        post: operations["told_flow_run_ended"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "flow.handed_over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A flow was written, paused or resumed, or one of its runs moved. */
        post: operations["told_flow_handed_over"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        ApiKey: {
            id: string;
            /** @description How the key begins, to tell keys apart. */
            prefix: string;
            name: string;
            scopes: ("read" | "send" | "templates" | "campaigns" | "admin" | "system")[];
            workspace: string;
            senders: string[] | null;
            allow_query: boolean;
            expires_at: string | null;
            /** @description Right to a minute. */
            last_used_at: string | null;
            /** Format: date-time */
            created_at: string;
            created_by: ({
                kind: string;
                id: string | null;
                name: string;
            } & {
                [key: string]: unknown;
            }) | null;
        } & {
            [key: string]: unknown;
        };
        Attempt: {
            id: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            started_at: string;
            finished_at: string | null;
            outcome: ("accepted" | "refused" | "throttled" | "unreachable" | "in_doubt") | null;
            http_status: number | null;
            /** @description Of Meta's error what is kept. */
            error: {
                [key: string]: unknown;
            } | null;
            wamid: string | null;
        } & {
            [key: string]: unknown;
        };
        AudienceSource: {
            from_contacts?: {
                /** @description Part of a name, username, number or BSUID. */
                q?: string;
                /** @description As it was set, such as pt_BR. */
                language?: string;
                /** @enum {string} */
                marketing?: "in" | "out" | "unknown";
                /** @description All of them have to fit; "3" and "true" stand for the number and the truth too. */
                attribute?: {
                    [key: string]: string;
                };
                /** @description Who has a conversation with this number. */
                sender?: string;
                /**
                 * @description Of the list, beside `to`: name, language, time_zone, or attributes by their names.
                 * @default [
                 *       "name"
                 *     ]
                 */
                columns: string[];
            };
            from_campaign?: {
                /** Format: uuid */
                id: string;
                /** @description Whose message came to one of these. */
                states?: ("sent" | "failed" | "expired" | "cancelled" | "suppressed")[];
                /** @description `reason_code` of the report. */
                reasons?: string[];
                /** @description What was read was delivered. */
                delivered?: boolean;
                read?: boolean;
            };
        };
        AudienceUploads: {
            data: ({
                upload: number;
                /**
                 * @description Only what is `ready` is on the list. `failed`: refused, broken off, or its process died.
                 * @enum {string}
                 */
                state: "loading" | "ready" | "failed";
                columns: string[];
                rows: number;
                /** @description While it loads: how many are written so far. */
                accepted: number;
                duplicates: number;
                invalid: number;
                /** @description Why it failed: the code of the refusal; `interrupted`: its process ended; `internal`: a fault of ours. */
                reason: ({
                    code: string;
                    text: string;
                } & {
                    [key: string]: unknown;
                }) | null;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                created_at: string;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        AuditEvent: {
            id: string;
            /** Format: date-time */
            at: string;
            workspace: string;
            actor: {
                kind: string;
                id: string | null;
                name: string;
            } & {
                [key: string]: unknown;
            };
            address: string | null;
            action: string;
            object: {
                kind: string;
                id: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @enum {string} */
            outcome: "done" | "refused" | "failed";
            /** @description The X-Request-Id of the answer. */
            request_id: string | null;
            detail: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        Budget: {
            /** @example 250.00 */
            amount: string;
            /** @example USD */
            currency: string;
            /**
             * @description The share at which it is warned.
             * @default 0.8
             */
            warn_at: number;
            /**
             * @description What waits when it is spent; `service` is free-form.
             * @default [
             *       "marketing"
             *     ]
             */
            hold: ("marketing" | "utility" | "authentication" | "service")[];
        };
        BudgetInput: {
            /** @example 250.00 */
            amount: string;
            /** @example USD */
            currency: string;
            /**
             * @description The share at which it is warned.
             * @default 0.8
             */
            warn_at: number;
            /**
             * @description What waits when it is spent; `service` is free-form.
             * @default [
             *       "marketing"
             *     ]
             */
            hold: ("marketing" | "utility" | "authentication" | "service")[];
        };
        /**
         * @example {
         *       "matches": 263,
         *       "by_reason": {
         *         "recipient_unreachable": 201,
         *         "graph_refused": 62
         *       }
         *     }
         */
        BulkCount: {
            /** @description In whose states the action finds something to do. */
            matches: number;
            /** @description Of those that have a reason. */
            by_reason: {
                [key: string]: number;
            };
        } & {
            [key: string]: unknown;
        };
        BulkRequest: {
            /** @constant */
            action: "cancel";
            /** @description As in `GET /v1/intents`. */
            filter: {
                /** @enum {string} */
                state?: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
                /** @description The code of the reason that is shown. */
                reason?: string;
                sender?: string;
                /** @description The digits of the wa_id, or a BSUID. */
                to?: string;
                /** @description Of one of its messages. */
                wamid?: string;
                /** @description Asked for by this flow. */
                flow?: string;
                /**
                 * Format: uuid
                 * @description Asked for by this run of a flow.
                 */
                flow_run?: string;
                /**
                 * Format: uuid
                 * @description For a recipient of this campaign.
                 */
                campaign?: string;
                /** @description An exact id, wamid, idempotency key or number. */
                q?: string;
                /**
                 * Format: date-time
                 * @description Created at or after this instant.
                 */
                since?: string;
                /**
                 * Format: date-time
                 * @description Created before this instant.
                 */
                until?: string;
            };
            /** @description Only count what matches. Default: false. */
            dry_run?: boolean;
        } | {
            /** @constant */
            action: "replay";
            /** @description As in `GET /v1/intents`. */
            filter: {
                /** @enum {string} */
                state?: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
                /** @description The code of the reason that is shown. */
                reason?: string;
                sender?: string;
                /** @description The digits of the wa_id, or a BSUID. */
                to?: string;
                /** @description Of one of its messages. */
                wamid?: string;
                /** @description Asked for by this flow. */
                flow?: string;
                /**
                 * Format: uuid
                 * @description Asked for by this run of a flow.
                 */
                flow_run?: string;
                /**
                 * Format: uuid
                 * @description For a recipient of this campaign.
                 */
                campaign?: string;
                /** @description An exact id, wamid, idempotency key or number. */
                q?: string;
                /**
                 * Format: date-time
                 * @description Created at or after this instant.
                 */
                since?: string;
                /**
                 * Format: date-time
                 * @description Created before this instant.
                 */
                until?: string;
            };
            /** @description Only count what matches. Default: false. */
            dry_run?: boolean;
        } | {
            /** @constant */
            action: "settle";
            /** @enum {string} */
            outcome: "sent" | "not_sent";
            /** @description As in `GET /v1/intents`. */
            filter: {
                /** @enum {string} */
                state?: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
                /** @description The code of the reason that is shown. */
                reason?: string;
                sender?: string;
                /** @description The digits of the wa_id, or a BSUID. */
                to?: string;
                /** @description Of one of its messages. */
                wamid?: string;
                /** @description Asked for by this flow. */
                flow?: string;
                /**
                 * Format: uuid
                 * @description Asked for by this run of a flow.
                 */
                flow_run?: string;
                /**
                 * Format: uuid
                 * @description For a recipient of this campaign.
                 */
                campaign?: string;
                /** @description An exact id, wamid, idempotency key or number. */
                q?: string;
                /**
                 * Format: date-time
                 * @description Created at or after this instant.
                 */
                since?: string;
                /**
                 * Format: date-time
                 * @description Created before this instant.
                 */
                until?: string;
            };
            /** @description Only count what matches. Default: false. */
            dry_run?: boolean;
        };
        BulkStarted: {
            /**
             * Format: uuid
             * @description Of the job.
             */
            id: string;
        } & {
            [key: string]: unknown;
        };
        Campaign: {
            id: string;
            name: string;
            /** @enum {string} */
            state: "draft" | "scheduled" | "running" | "paused" | "finished" | "cancelled";
            reason: ({
                code: string;
                text: string;
            } & {
                [key: string]: unknown;
            }) | null;
            sender?: string;
            senders?: ({
                sender: string;
                weight: number;
            } & {
                [key: string]: unknown;
            })[];
            message?: components["schemas"]["CampaignMessage"];
            languages?: {
                [key: string]: {
                    message: components["schemas"]["CampaignMessage"];
                    /** @description Every recipient is in exactly one; they add up to `total`. */
                    counts: {
                        total: number;
                        scheduled: number;
                        queued: number;
                        dispatching: number;
                        held: number;
                        in_doubt: number;
                        sent: number;
                        failed: number;
                        expired: number;
                        cancelled: number;
                        suppressed: number;
                    } & {
                        [key: string]: unknown;
                    };
                    /** @description Inside of `sent`; what was read was delivered too. Each counts a message once: that its customer wrote, tapped one of its buttons, wanted no more. */
                    delivery: {
                        delivered: number;
                        read: number;
                        replied: number;
                        tapped: number;
                        stopped: number;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
            /** @description Each with what became of those whom it was for, as far as their turn has come. */
            variants?: ({
                name: string;
                weight: number;
                message: components["schemas"]["CampaignMessage"];
                languages?: {
                    [key: string]: {
                        message: components["schemas"]["CampaignMessage"];
                        /** @description Every recipient is in exactly one; they add up to `total`. */
                        counts: {
                            total: number;
                            scheduled: number;
                            queued: number;
                            dispatching: number;
                            held: number;
                            in_doubt: number;
                            sent: number;
                            failed: number;
                            expired: number;
                            cancelled: number;
                            suppressed: number;
                        } & {
                            [key: string]: unknown;
                        };
                        /** @description Inside of `sent`; what was read was delivered too. Each counts a message once: that its customer wrote, tapped one of its buttons, wanted no more. */
                        delivery: {
                            delivered: number;
                            read: number;
                            replied: number;
                            tapped: number;
                            stopped: number;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                };
                /** @description Every recipient is in exactly one; they add up to `total`. */
                counts: {
                    total: number;
                    scheduled: number;
                    queued: number;
                    dispatching: number;
                    held: number;
                    in_doubt: number;
                    sent: number;
                    failed: number;
                    expired: number;
                    cancelled: number;
                    suppressed: number;
                } & {
                    [key: string]: unknown;
                };
                /** @description Inside of `sent`; what was read was delivered too. Each counts a message once: that its customer wrote, tapped one of its buttons, wanted no more. */
                delivery: {
                    delivered: number;
                    read: number;
                    replied: number;
                    tapped: number;
                    stopped: number;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            })[];
            when_closed?: ("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            };
            default_country?: string;
            skip_invalid?: boolean;
            send_at?: string | components["schemas"]["LocalStart"];
            /** @enum {string} */
            late?: "send_now" | "tomorrow" | "skip";
            start_within?: string;
            valid_for?: string;
            max_mps?: number;
            quiet_hours?: {
                from: string;
                to: string;
                zone?: string;
            } & {
                [key: string]: unknown;
            };
            frequency_cap?: {
                messages: number;
                days: number;
            } & {
                [key: string]: unknown;
            };
            budget?: {
                amount: string;
                currency: string;
            } & {
                [key: string]: unknown;
            };
            pause_when?: {
                share: number;
                after: number;
            } & {
                [key: string]: unknown;
            };
            /** @description One more with every upload. */
            audience_version: number;
            /** @description The campaign whose recipients it tries again. */
            parent: string | null;
            /** @description Every recipient is in exactly one; they add up to `total`. */
            counts: {
                total: number;
                scheduled: number;
                queued: number;
                dispatching: number;
                held: number;
                in_doubt: number;
                sent: number;
                failed: number;
                expired: number;
                cancelled: number;
                suppressed: number;
            } & {
                [key: string]: unknown;
            };
            /** @description Inside of `sent`; what was read was delivered too. Each counts a message once: that its customer wrote, tapped one of its buttons, wanted no more. */
            delivery: {
                delivered: number;
                read: number;
                replied: number;
                tapped: number;
                stopped: number;
            } & {
                [key: string]: unknown;
            };
            /** @description The newest 60 minutes in which Meta took something, or something failed, oldest first. Where one campaign is read, not in lists. */
            progress?: {
                per_minute: ({
                    /** Format: date-time */
                    at: string;
                    sent: number;
                    failed: number;
                } & {
                    [key: string]: unknown;
                })[];
            } & {
                [key: string]: unknown;
            };
            /** @description What has left costs: by what Meta told, else as expected. Null: nothing is known of money yet. */
            cost: ({
                so_far: string;
                currency: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description What `send_at` comes to: on everybody’s own wall, where it is that time first. Null: at once. */
            begins_at: string | null;
            started_at: string | null;
            /** @description When it was finished or cancelled. */
            ended_at: string | null;
            /** Format: date-time */
            created_at: string;
            created_by: {
                kind: string;
                id: string | null;
                name: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        CampaignCommanded: {
            /** @enum {string} */
            state: "draft" | "scheduled" | "running" | "paused" | "finished" | "cancelled";
        } & {
            [key: string]: unknown;
        };
        CampaignFailures: {
            data: ({
                reason: string;
                graph_code: number | null;
                count: number;
                hint: string;
                /** @description Another try makes sense, and reaches nobody twice. */
                retryable: boolean;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        /** @description The Cloud API's own message object. Its texts may have `{{column}}` and `{{column | default}}`. */
        CampaignMessage: ({
            /** @constant */
            type: "text";
            text: {
                body: string;
                preview_url?: boolean;
            } & {
                [key: string]: unknown;
            };
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "image";
            image: ({
                id?: string;
                /** Format: uri */
                link?: string;
                caption?: string;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "video";
            video: ({
                id?: string;
                /** Format: uri */
                link?: string;
                caption?: string;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "audio";
            audio: ({
                id?: string;
                /** Format: uri */
                link?: string;
                voice?: boolean;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "document";
            document: ({
                id?: string;
                /** Format: uri */
                link?: string;
                caption?: string;
                filename?: string;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "sticker";
            sticker: ({
                id?: string;
                /** Format: uri */
                link?: string;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "location";
            location: {
                latitude: number | string;
                longitude: number | string;
                name?: string;
                address?: string;
            } & {
                [key: string]: unknown;
            };
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "reaction";
            reaction: {
                message_id: string;
                emoji: string;
            } & {
                [key: string]: unknown;
            };
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "contacts";
            contacts: ({
                name: {
                    formatted_name: string;
                } & {
                    [key: string]: unknown;
                };
                phones?: ({
                    phone?: string;
                    wa_id?: string;
                    type?: string;
                } & {
                    [key: string]: unknown;
                })[];
                emails?: ({
                    email?: string;
                    type?: string;
                } & {
                    [key: string]: unknown;
                })[];
                urls?: ({
                    url?: string;
                    type?: string;
                } & {
                    [key: string]: unknown;
                })[];
                addresses?: ({
                    type?: string;
                } & {
                    [key: string]: unknown;
                })[];
                org?: {
                    [key: string]: unknown;
                };
                birthday?: string;
            } & {
                [key: string]: unknown;
            })[];
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "interactive";
            interactive: ({
                /** @constant */
                type: "button";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    buttons: ({
                        /** @constant */
                        type: "reply";
                        reply: {
                            id: string;
                            title: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "list";
                header?: {
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                };
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    button: string;
                    sections: ({
                        title?: string;
                        rows: ({
                            id: string;
                            title: string;
                            description?: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "cta_url";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "cta_url";
                    parameters: {
                        display_text: string;
                        /** Format: uri */
                        url: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "flow";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "flow";
                    parameters: {
                        flow_message_version: string;
                        flow_id?: string;
                        flow_name?: string;
                        flow_cta: string;
                        flow_token?: string;
                        /** @enum {string} */
                        mode?: "draft" | "published";
                        /** @enum {string} */
                        flow_action?: "navigate" | "data_exchange";
                        flow_action_payload?: {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "product";
                body?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    catalog_id: string;
                    product_retailer_id: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "product_list";
                header: {
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                };
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    catalog_id: string;
                    sections: ({
                        title?: string;
                        product_items: ({
                            product_retailer_id: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "catalog_message";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "catalog_message";
                    parameters?: {
                        thumbnail_product_retailer_id?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "location_request_message";
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "send_location";
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "request_contact_info";
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "request_contact_info";
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "call_permission_request";
                body?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "call_permission_request";
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "voice_call";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "voice_call";
                    parameters?: {
                        display_text?: string;
                        ttl_minutes?: number;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "carousel";
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    cards: ({
                        card_index: number;
                        header: ({
                            /** @constant */
                            type: "image";
                            image: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "video";
                            video: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        });
                        body?: {
                            text: string;
                        } & {
                            [key: string]: unknown;
                        };
                        action: {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "address_message" | "order_details" | "order_status";
                header?: {
                    [key: string]: unknown;
                };
                body?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    name: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            });
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "template";
            template: {
                name: string;
                language: {
                    code: string;
                    policy?: string;
                } & {
                    [key: string]: unknown;
                };
                components?: (({
                    /** @constant */
                    type: "header";
                    parameters?: (({
                        /** @constant */
                        type: "text";
                        text: string;
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "currency";
                        currency: {
                            fallback_value: string;
                            code: string;
                            amount_1000: number;
                        } & {
                            [key: string]: unknown;
                        };
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "date_time";
                        date_time: {
                            fallback_value: string;
                        } & {
                            [key: string]: unknown;
                        };
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "gif";
                        gif: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "location";
                        location: {
                            latitude: number | string;
                            longitude: number | string;
                            name?: string;
                            address?: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "product";
                        product: {
                            product_retailer_id: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    }))[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "body";
                    parameters?: (({
                        /** @constant */
                        type: "text";
                        text: string;
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "currency";
                        currency: {
                            fallback_value: string;
                            code: string;
                            amount_1000: number;
                        } & {
                            [key: string]: unknown;
                        };
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "date_time";
                        date_time: {
                            fallback_value: string;
                        } & {
                            [key: string]: unknown;
                        };
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }))[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "button";
                    sub_type: string;
                    index: string | number;
                    parameters?: (({
                        /** @constant */
                        type: "text";
                        text: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "payload";
                        payload: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "coupon_code";
                        coupon_code: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "action";
                        action: {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "ttl_minutes";
                        ttl_minutes: number | string;
                    } & {
                        [key: string]: unknown;
                    }))[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "limited_time_offer";
                    parameters?: ({
                        /** @constant */
                        type: "limited_time_offer";
                        limited_time_offer: {
                            expiration_time_ms: number | string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "carousel";
                    cards: ({
                        card_index: number;
                        components: (({
                            /** @constant */
                            type: "header";
                            parameters?: (({
                                /** @constant */
                                type: "text";
                                text: string;
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "currency";
                                currency: {
                                    fallback_value: string;
                                    code: string;
                                    amount_1000: number;
                                } & {
                                    [key: string]: unknown;
                                };
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "date_time";
                                date_time: {
                                    fallback_value: string;
                                } & {
                                    [key: string]: unknown;
                                };
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "image";
                                image: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "video";
                                video: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "gif";
                                gif: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "document";
                                document: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "location";
                                location: {
                                    latitude: number | string;
                                    longitude: number | string;
                                    name?: string;
                                    address?: string;
                                } & {
                                    [key: string]: unknown;
                                };
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "product";
                                product: {
                                    product_retailer_id: string;
                                } & {
                                    [key: string]: unknown;
                                };
                            } & {
                                [key: string]: unknown;
                            }))[];
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "body";
                            parameters?: (({
                                /** @constant */
                                type: "text";
                                text: string;
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "currency";
                                currency: {
                                    fallback_value: string;
                                    code: string;
                                    amount_1000: number;
                                } & {
                                    [key: string]: unknown;
                                };
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "date_time";
                                date_time: {
                                    fallback_value: string;
                                } & {
                                    [key: string]: unknown;
                                };
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }))[];
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "button";
                            sub_type: string;
                            index: string | number;
                            parameters?: (({
                                /** @constant */
                                type: "text";
                                text: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "payload";
                                payload: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "coupon_code";
                                coupon_code: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "action";
                                action: {
                                    [key: string]: unknown;
                                };
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "ttl_minutes";
                                ttl_minutes: number | string;
                            } & {
                                [key: string]: unknown;
                            }))[];
                        } & {
                            [key: string]: unknown;
                        }))[];
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @enum {string} */
                    type: "footer" | "tap_target_configuration" | "order_status";
                } & {
                    [key: string]: unknown;
                }))[];
            } & {
                [key: string]: unknown;
            };
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        });
        /** @description The Cloud API's own message object. Its texts may have `{{column}}` and `{{column | default}}`. */
        CampaignMessageInput: ({
            /** @constant */
            type: "text";
            text: {
                body: string;
                preview_url?: boolean;
            } & {
                [key: string]: unknown;
            };
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "image";
            image: ({
                id?: string;
                /** Format: uri */
                link?: string;
                caption?: string;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "video";
            video: ({
                id?: string;
                /** Format: uri */
                link?: string;
                caption?: string;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "audio";
            audio: ({
                id?: string;
                /** Format: uri */
                link?: string;
                voice?: boolean;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "document";
            document: ({
                id?: string;
                /** Format: uri */
                link?: string;
                caption?: string;
                filename?: string;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "sticker";
            sticker: ({
                id?: string;
                /** Format: uri */
                link?: string;
            } & {
                [key: string]: unknown;
            }) & (unknown | unknown);
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "location";
            location: {
                latitude: number | string;
                longitude: number | string;
                name?: string;
                address?: string;
            } & {
                [key: string]: unknown;
            };
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "reaction";
            reaction: {
                message_id: string;
                emoji: string;
            } & {
                [key: string]: unknown;
            };
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "contacts";
            contacts: ({
                name: {
                    formatted_name: string;
                } & {
                    [key: string]: unknown;
                };
                phones?: ({
                    phone?: string;
                    wa_id?: string;
                    type?: string;
                } & {
                    [key: string]: unknown;
                })[];
                emails?: ({
                    email?: string;
                    type?: string;
                } & {
                    [key: string]: unknown;
                })[];
                urls?: ({
                    url?: string;
                    type?: string;
                } & {
                    [key: string]: unknown;
                })[];
                addresses?: ({
                    type?: string;
                } & {
                    [key: string]: unknown;
                })[];
                org?: {
                    [key: string]: unknown;
                };
                birthday?: string;
            } & {
                [key: string]: unknown;
            })[];
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "interactive";
            interactive: ({
                /** @constant */
                type: "button";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    buttons: ({
                        /** @constant */
                        type: "reply";
                        reply: {
                            id: string;
                            title: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "list";
                header?: {
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                };
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    button: string;
                    sections: ({
                        title?: string;
                        rows: ({
                            id: string;
                            title: string;
                            description?: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "cta_url";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "cta_url";
                    parameters: {
                        display_text: string;
                        /** Format: uri */
                        url: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "flow";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "flow";
                    parameters: {
                        flow_message_version: string;
                        flow_id?: string;
                        flow_name?: string;
                        flow_cta: string;
                        flow_token?: string;
                        /** @enum {string} */
                        mode?: "draft" | "published";
                        /** @enum {string} */
                        flow_action?: "navigate" | "data_exchange";
                        flow_action_payload?: {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "product";
                body?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    catalog_id: string;
                    product_retailer_id: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "product_list";
                header: {
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                };
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    catalog_id: string;
                    sections: ({
                        title?: string;
                        product_items: ({
                            product_retailer_id: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "catalog_message";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "catalog_message";
                    parameters?: {
                        thumbnail_product_retailer_id?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "location_request_message";
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "send_location";
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "request_contact_info";
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "request_contact_info";
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "call_permission_request";
                body?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "call_permission_request";
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "voice_call";
                header?: ({
                    /** @constant */
                    type: "text";
                    text: string;
                    sub_text?: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "image";
                    image: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "video";
                    video: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "document";
                    document: ({
                        id?: string;
                        /** Format: uri */
                        link?: string;
                    } & {
                        [key: string]: unknown;
                    }) & (unknown | unknown);
                } & {
                    [key: string]: unknown;
                });
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    /** @constant */
                    name: "voice_call";
                    parameters?: {
                        display_text?: string;
                        ttl_minutes?: number;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "carousel";
                body: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    cards: ({
                        card_index: number;
                        header: ({
                            /** @constant */
                            type: "image";
                            image: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "video";
                            video: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        });
                        body?: {
                            text: string;
                        } & {
                            [key: string]: unknown;
                        };
                        action: {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            }) | ({
                /** @enum {string} */
                type: "address_message" | "order_details" | "order_status";
                header?: {
                    [key: string]: unknown;
                };
                body?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                footer?: {
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                action: {
                    name: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            });
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        }) | ({
            /** @constant */
            type: "template";
            template: {
                name: string;
                language: {
                    code: string;
                    policy?: string;
                } & {
                    [key: string]: unknown;
                };
                components?: (({
                    /** @constant */
                    type: "header";
                    parameters?: (({
                        /** @constant */
                        type: "text";
                        text: string;
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "currency";
                        currency: {
                            fallback_value: string;
                            code: string;
                            amount_1000: number;
                        } & {
                            [key: string]: unknown;
                        };
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "date_time";
                        date_time: {
                            fallback_value: string;
                        } & {
                            [key: string]: unknown;
                        };
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "gif";
                        gif: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "location";
                        location: {
                            latitude: number | string;
                            longitude: number | string;
                            name?: string;
                            address?: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "product";
                        product: {
                            product_retailer_id: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    }))[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "body";
                    parameters?: (({
                        /** @constant */
                        type: "text";
                        text: string;
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "currency";
                        currency: {
                            fallback_value: string;
                            code: string;
                            amount_1000: number;
                        } & {
                            [key: string]: unknown;
                        };
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "date_time";
                        date_time: {
                            fallback_value: string;
                        } & {
                            [key: string]: unknown;
                        };
                        parameter_name?: string;
                    } & {
                        [key: string]: unknown;
                    }))[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "button";
                    sub_type: string;
                    index: string | number;
                    parameters?: (({
                        /** @constant */
                        type: "text";
                        text: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "payload";
                        payload: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "coupon_code";
                        coupon_code: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "action";
                        action: {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "ttl_minutes";
                        ttl_minutes: number | string;
                    } & {
                        [key: string]: unknown;
                    }))[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "limited_time_offer";
                    parameters?: ({
                        /** @constant */
                        type: "limited_time_offer";
                        limited_time_offer: {
                            expiration_time_ms: number | string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "carousel";
                    cards: ({
                        card_index: number;
                        components: (({
                            /** @constant */
                            type: "header";
                            parameters?: (({
                                /** @constant */
                                type: "text";
                                text: string;
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "currency";
                                currency: {
                                    fallback_value: string;
                                    code: string;
                                    amount_1000: number;
                                } & {
                                    [key: string]: unknown;
                                };
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "date_time";
                                date_time: {
                                    fallback_value: string;
                                } & {
                                    [key: string]: unknown;
                                };
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "image";
                                image: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "video";
                                video: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "gif";
                                gif: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "document";
                                document: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "location";
                                location: {
                                    latitude: number | string;
                                    longitude: number | string;
                                    name?: string;
                                    address?: string;
                                } & {
                                    [key: string]: unknown;
                                };
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "product";
                                product: {
                                    product_retailer_id: string;
                                } & {
                                    [key: string]: unknown;
                                };
                            } & {
                                [key: string]: unknown;
                            }))[];
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "body";
                            parameters?: (({
                                /** @constant */
                                type: "text";
                                text: string;
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "currency";
                                currency: {
                                    fallback_value: string;
                                    code: string;
                                    amount_1000: number;
                                } & {
                                    [key: string]: unknown;
                                };
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "date_time";
                                date_time: {
                                    fallback_value: string;
                                } & {
                                    [key: string]: unknown;
                                };
                                parameter_name?: string;
                            } & {
                                [key: string]: unknown;
                            }))[];
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "button";
                            sub_type: string;
                            index: string | number;
                            parameters?: (({
                                /** @constant */
                                type: "text";
                                text: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "payload";
                                payload: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "coupon_code";
                                coupon_code: string;
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "action";
                                action: {
                                    [key: string]: unknown;
                                };
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "ttl_minutes";
                                ttl_minutes: number | string;
                            } & {
                                [key: string]: unknown;
                            }))[];
                        } & {
                            [key: string]: unknown;
                        }))[];
                    } & {
                        [key: string]: unknown;
                    })[];
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @enum {string} */
                    type: "footer" | "tap_target_configuration" | "order_status";
                } & {
                    [key: string]: unknown;
                }))[];
            } & {
                [key: string]: unknown;
            };
            context?: {
                message_id: string;
            } & {
                [key: string]: unknown;
            };
            biz_opaque_callback_data?: string;
            recipient_identity_key_hash?: string;
            messaging_account_id?: string;
            /** @enum {string} */
            category?: "utility" | "authentication";
            ttl_seconds?: number;
            /** @constant */
            messaging_product?: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
        } & {
            [key: string]: unknown;
        });
        /**
         * @example {
         *       "name": "Late spring",
         *       "default_country": null
         *     }
         */
        CampaignPatch: {
            name?: string;
            sender?: string | null;
            senders?: {
                sender: string;
                /** @description Default: 1. */
                weight?: number;
            }[] | null;
            message?: components["schemas"]["CampaignMessageInput"] | null;
            languages?: {
                [key: string]: {
                    message: components["schemas"]["CampaignMessageInput"];
                };
            } | null;
            variants?: {
                name: string;
                /** @description Default: 1. */
                weight?: number;
                message: components["schemas"]["CampaignMessageInput"];
                languages?: {
                    [key: string]: {
                        message: components["schemas"]["CampaignMessageInput"];
                    };
                };
            }[] | null;
            when_closed?: (("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            }) | null;
            default_country?: string | null;
            skip_invalid?: boolean | null;
            send_at?: (string | components["schemas"]["LocalStartInput"]) | null;
            late?: ("send_now" | "tomorrow" | "skip") | null;
            start_within?: string | null;
            valid_for?: string | null;
            quiet_hours?: components["schemas"]["QuietHours"] | null;
            /** @description May be changed while it runs too. */
            pause_when?: {
                /** @description Default: 0.25. */
                share?: number;
                /** @description Default: 200. */
                after?: number;
            } | null;
            /** @description May be changed, or taken away, while it runs too. */
            budget?: {
                /** @example 250.00 */
                amount: string;
                /** @example USD */
                currency: string;
            } | null;
            max_mps?: number | null;
            frequency_cap?: {
                messages: number;
                days: number;
            } | null;
        };
        /**
         * @example {
         *       "name": "Spring",
         *       "sender": "106540352242922",
         *       "message": {
         *         "type": "text",
         *         "text": {
         *           "body": "Hello {{name | there}}, our spring sale has begun."
         *         }
         *       },
         *       "when_closed": "hold"
         *     }
         */
        CampaignRequest: {
            name: string;
            /** @description Meta's phone_number_id of a linked number. Needed unless there are `senders`. */
            sender?: string;
            /**
             * @description Instead of `sender`: linked numbers of one business portfolio, of which one writes to each recipient. One whose window with them is open, else the one that wrote to them last, else one by weight. Those that cannot send are left out.
             * @example [
             *       {
             *         "sender": "106540352242922",
             *         "weight": 3
             *       },
             *       {
             *         "sender": "106540352242923"
             *       }
             *     ]
             */
            senders?: {
                sender: string;
                /** @description Default: 1. */
                weight?: number;
            }[];
            /** @description Needed unless there are `variants`. */
            message?: components["schemas"]["CampaignMessageInput"];
            /**
             * @description The same for those who have one of these languages: the column `language` of their line says so, else what is known of them. `pt` is for all that is Portuguese and not named in full.
             * @example {
             *       "pt_BR": {
             *         "message": {
             *           "type": "text",
             *           "text": {
             *             "body": "Olá {{name | amiga}}!"
             *           }
             *         }
             *       }
             *     }
             */
            languages?: {
                [key: string]: {
                    message: components["schemas"]["CampaignMessageInput"];
                };
            };
            /** @description Instead of `message`: each recipient gets one, by weight, and the same one in a retry. All messages together are 50 at most. */
            variants?: {
                name: string;
                /** @description Default: 1. */
                weight?: number;
                message: components["schemas"]["CampaignMessageInput"];
                languages?: {
                    [key: string]: {
                        message: components["schemas"]["CampaignMessageInput"];
                    };
                };
            }[];
            /** @description What to do when the customer service window is closed; default: the sender's. Placeholders stand in values. */
            when_closed?: ("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            };
            /**
             * @description ISO 3166: of numbers without a country code, unless an upload names another.
             * @example BR
             */
            default_country?: string;
            /** @description A start before then waits for it, `scheduled`. Default: at once. */
            send_at?: string | components["schemas"]["LocalStartInput"];
            /**
             * @description Of whom the time on their own wall is over when the campaign begins: they are written to at once (default), at that time of the next day, or not at all.
             * @enum {string}
             */
            late?: "send_now" | "tomorrow" | "skip";
            /**
             * @description Where nobody could begin it at its time, it is begun so much later at most; after that it is paused, `start_missed`. Default: 6h.
             * @example 6h
             */
            start_within?: string;
            /**
             * @description How long a message may wait from its turn on before it expires. Default: 7d.
             * @example 6h
             */
            valid_for?: string;
            /** @description Messages per second of this campaign at most. Default: whatever its number can. */
            max_mps?: number;
            /** @description Hours in which nobody is written to, by the clock on each recipient's own wall: their contact's zone, else the list's column `time_zone`, else all zones of their number's country, else `zone`, else that of the number's account. */
            quiet_hours?: components["schemas"]["QuietHours"];
            /**
             * @description Marketing goes to nobody who got so many marketing messages in so many days, by whatever number of the workspace: they are `suppressed`, `capped`.
             * @example {
             *       "messages": 2,
             *       "days": 7
             *     }
             */
            frequency_cap?: {
                messages: number;
                days: number;
            };
            /** @description What all of it may cost, in the currency of the number's account, and never more: who is handed over has the dearest that may come of them laid aside. Nothing fits any more: `paused`, `budget_spent`. */
            budget?: {
                /** @example 250.00 */
                amount: string;
                /** @example USD */
                currency: string;
            };
            /** @description Pause when more than this share of the last `after` outcomes failed with one code. Without it faults of recipients count for nothing. Errors of templates and of the account, red quality, a lowered limit and a changed category pause it at once, always. */
            pause_when?: {
                /** @description Default: 0.25. */
                share?: number;
                /** @description Default: 200. */
                after?: number;
            };
            /** @description Start although some lines do not fill the texts: those fail, as `template_parameters`. */
            skip_invalid?: boolean;
        };
        /**
         * @example {
         *       "reasons": [
         *         "attempts_exhausted",
         *         "expired"
         *       ]
         *     }
         */
        CampaignRetry: {
            /** @description Codes of reasons: template_parameters, template_unknown, template_disabled, recipient_unreachable, window_closed, graph_refused, attempts_exhausted, unconfirmed, expired. */
            reasons: string[];
            /** @description Needed beside `unconfirmed`: a second message may reach them twice. */
            include_unconfirmed?: boolean;
        };
        /** @example {} */
        CampaignStart: {
            /** @description Of the estimate that was looked at; 409 `estimate_stale` where the list is another by now. */
            estimate_version?: number;
        };
        CampaignStarted: {
            /** @enum {string} */
            state: "draft" | "scheduled" | "running" | "paused" | "finished" | "cancelled";
            /** @description Whether an estimate of the list as it is was looked at. */
            checked: boolean;
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "messaging_product": "whatsapp",
         *       "contacts": [
         *         {
         *           "input": "+5511987654321",
         *           "wa_id": "5511987654321"
         *         }
         *       ],
         *       "messages": [
         *         {
         *           "id": "0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10",
         *           "message_status": "accepted"
         *         }
         *       ]
         *     }
         */
        CloudApiAnswer: {
            /** @constant */
            messaging_product: "whatsapp";
            contacts: ({
                input: string;
                wa_id?: string;
                user_id?: string;
            } & {
                [key: string]: unknown;
            })[];
            messages: ({
                /** @description The intent id; the wamid is known once it was sent. */
                id: string;
                /** @constant */
                message_status: "accepted";
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        CloudApiError: {
            error: {
                message: string;
                /** @constant */
                type: "OAuthException";
                code: number;
                error_subcode?: number;
                error_data: {
                    /** @constant */
                    messaging_product: "whatsapp";
                    details: string;
                } & {
                    [key: string]: unknown;
                };
                fbtrace_id: string;
            } & {
                [key: string]: unknown;
            };
        };
        /**
         * @example {
         *       "messaging_product": "whatsapp",
         *       "to": "+5511987654321",
         *       "type": "text",
         *       "text": {
         *         "body": "On its way."
         *       }
         *     }
         */
        CloudApiRequest: {
            /** @constant */
            messaging_product: "whatsapp";
            /** @constant */
            recipient_type?: "individual";
            /** @description Phone number; digits without "+" are taken as a wa_id. */
            to?: string;
            /** @description BSUID; `to` wins when both are there. */
            recipient?: string;
            type?: string;
            /**
             * @description A read receipt, passed on to Meta.
             * @constant
             */
            status?: "read";
        } & {
            [key: string]: unknown;
        };
        ComputingEstimate: {
            /** @description Of the list: `audience_version`. */
            version: number;
            /** @constant */
            state: "computing";
            /** @description Lines that were read. */
            done: number;
            total: number;
        } & {
            [key: string]: unknown;
        };
        Contact: {
            wa_id: string | null;
            user_id: string | null;
            username: string | null;
            name: string | null;
            language: string | null;
            time_zone: string | null;
            /** @enum {string} */
            marketing: "unknown" | "in" | "out";
            /** @enum {string} */
            utility: "unknown" | "in" | "out";
            /** @description When they told WhatsApp itself to stop the business's offers. */
            stopped_marketing_at: string | null;
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
            /** @description What the workspace keeps of them. */
            attributes?: {
                [key: string]: string | number | boolean;
            };
            /** @description Meta could not deliver to them (131026): outside an open window they are not tried until `review_at`. */
            unreachable?: ({
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                review_at: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description Of a single contact; newest first. */
            consents?: ({
                /** @enum {string} */
                category: "marketing" | "utility";
                /** @enum {string} */
                state: "in" | "out";
                /** @enum {string} */
                source: "api" | "word" | "button" | "whatsapp" | "import";
                evidence: unknown;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        ContactExport: {
            /**
             * Format: date-time
             * @description UTC.
             */
            exported_at: string;
            contact: components["schemas"]["Contact"];
            identities: ({
                id: string;
                portfolio_id: string | null;
                seen_at: string | null;
            } & {
                [key: string]: unknown;
            })[];
            conversations: ({
                sender: string;
                messages: {
                    [key: string]: unknown;
                }[];
                intents: {
                    [key: string]: unknown;
                }[];
            } & {
                [key: string]: unknown;
            })[];
            flow_runs: ({
                id: string;
                flow: string;
                data: {
                    [key: string]: unknown;
                };
                history: {
                    [key: string]: unknown;
                }[];
            } & {
                [key: string]: unknown;
            })[];
            flow_enrolments: ({
                flow: string;
                key: string;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                last_at: string;
            } & {
                [key: string]: unknown;
            })[];
            flow_events: ({
                key: string;
                name: string;
                sender: string | null;
                data: {
                    [key: string]: unknown;
                };
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
            } & {
                [key: string]: unknown;
            })[];
            messaging_limit: ({
                portfolio_id: string;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        Conversation: {
            sender: string;
            contact: {
                wa_id: string | null;
                user_id: string | null;
                username: string | null;
                name: string | null;
                language: string | null;
                time_zone: string | null;
                /** @enum {string} */
                marketing: "unknown" | "in" | "out";
            } & {
                [key: string]: unknown;
            };
            customer_service_window: {
                open: boolean;
                opened_at: string | null;
                /** @description Stays known after it has passed; null when the contact never wrote. */
                expires_at: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @description Changes what messages cost, never whether free-form may go. */
            free_entry_point: {
                /** @enum {string} */
                state: "none" | "possible" | "estimated" | "confirmed" | "refused";
                open: boolean;
                entered_at: string | null;
                reply_by: string | null;
                opened_at: string | null;
                expires_at: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @description Free-form is sent until then: the end of the window less the margin. */
            free_form_until: string | null;
            last_message: ({
                /** @description The wamid. */
                id: string;
                /** @enum {string} */
                direction: "inbound" | "outbound";
                type: string;
                /** @description Its beginning, 500 characters at most. */
                text: string | null;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
                status: ("sent" | "delivered" | "read" | "failed") | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description What came in since somebody of the team read it; 100 at most. */
            unread: number;
            /** @description Held and scheduled intents; 100 at most. */
            waiting_count: number;
            /** @description Until a person takes it, or writes. */
            handed_over: ({
                team: string | null;
                note: string | null;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The newest 50, newest first. */
            messages: components["schemas"]["Message"][];
            /** @description The next 100 held and scheduled intents, in the order they will leave. */
            waiting: components["schemas"]["IntentSummary"][];
        } & {
            [key: string]: unknown;
        };
        ConversationCounts: {
            counts: {
                open: number;
                closing: number;
                ended: number;
                never: number;
                waiting: number;
                handed_over: number;
            };
            /** @description Nothing is counted further: a filter that has as many may have more. */
            at_most: number;
        } & {
            [key: string]: unknown;
        };
        ConversationSummary: {
            sender: string;
            contact: {
                wa_id: string | null;
                user_id: string | null;
                username: string | null;
                name: string | null;
                language: string | null;
                time_zone: string | null;
                /** @enum {string} */
                marketing: "unknown" | "in" | "out";
            } & {
                [key: string]: unknown;
            };
            customer_service_window: {
                open: boolean;
                opened_at: string | null;
                /** @description Stays known after it has passed; null when the contact never wrote. */
                expires_at: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @description Changes what messages cost, never whether free-form may go. */
            free_entry_point: {
                /** @enum {string} */
                state: "none" | "possible" | "estimated" | "confirmed" | "refused";
                open: boolean;
                entered_at: string | null;
                reply_by: string | null;
                opened_at: string | null;
                expires_at: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @description Free-form is sent until then: the end of the window less the margin. */
            free_form_until: string | null;
            last_message: ({
                /** @description The wamid. */
                id: string;
                /** @enum {string} */
                direction: "inbound" | "outbound";
                type: string;
                /** @description Its beginning, 500 characters at most. */
                text: string | null;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
                status: ("sent" | "delivered" | "read" | "failed") | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description What came in since somebody of the team read it; 100 at most. */
            unread: number;
            /** @description Held and scheduled intents; 100 at most. */
            waiting_count: number;
            /** @description Until a person takes it, or writes. */
            handed_over: ({
                team: string | null;
                note: string | null;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
            } & {
                [key: string]: unknown;
            }) | null;
        } & {
            [key: string]: unknown;
        };
        CopyingAudience: {
            upload: number;
            /** @constant */
            state: "loading";
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "rows": [
         *         {
         *           "key": "2026-11-30",
         *           "currency": "USD",
         *           "messages": 3,
         *           "billable": 1,
         *           "free": 1,
         *           "expected": "0.069300",
         *           "actual": "0.062500",
         *           "untold": 1,
         *           "unpriced": 0
         *         }
         *       ],
         *       "total": [
         *         {
         *           "currency": "USD",
         *           "messages": 3,
         *           "billable": 1,
         *           "free": 1,
         *           "expected": "0.069300",
         *           "actual": "0.062500",
         *           "untold": 1,
         *           "unpriced": 0
         *         }
         *       ]
         *     }
         */
        Costs: {
            rows: ({
                key: string;
                /** @description ISO 4217; null where it was not known. */
                currency: string | null;
                /** @description That Meta accepted and did not report as failed. */
                messages: number;
                /** @description That Meta charges for. */
                billable: number;
                /** @description That Meta gives away. */
                free: number;
                /**
                 * @description A decimal string.
                 * @example 0.031700
                 */
                expected: string;
                /**
                 * @description A decimal string.
                 * @example 0.031700
                 */
                actual: string;
                /** @description That have no price of Meta's yet. */
                untold: number;
                /** @description For which no rate card had a price, and which are missing in the amounts. */
                unpriced: number;
            } & {
                [key: string]: unknown;
            })[];
            total: ({
                /** @description ISO 4217; null where it was not known. */
                currency: string | null;
                /** @description That Meta accepted and did not report as failed. */
                messages: number;
                /** @description That Meta charges for. */
                billable: number;
                /** @description That Meta gives away. */
                free: number;
                /**
                 * @description A decimal string.
                 * @example 0.031700
                 */
                expected: string;
                /**
                 * @description A decimal string.
                 * @example 0.031700
                 */
                actual: string;
                /** @description That have no price of Meta's yet. */
                untold: number;
                /** @description For which no rate card had a price, and which are missing in the amounts. */
                unpriced: number;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        Decision: {
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            kind: string;
            reason: components["schemas"]["Reason"];
            /** @description What it was decided from. */
            facts: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "id": "0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10",
         *       "state": "scheduled",
         *       "reason": null,
         *       "window": {
         *         "open": true,
         *         "expires_at": "2026-11-23T09:00:00.000Z"
         *       },
         *       "forecast": {
         *         "at": "2026-11-22T12:00:00.000Z",
         *         "kind": "send",
         *         "reason": {
         *           "code": "window_open",
         *           "text": "The customer service window is open."
         *         },
         *         "price": {
         *           "amount": "0.000000",
         *           "currency": "BRL",
         *           "category": "service",
         *           "market": "Brazil",
         *           "free_because": "free_tier"
         *         },
         *         "text": "The window is open until 2026-11-23 09:00 UTC: it will go as it is, free of charge."
         *       }
         *     }
         */
        EnqueuedIntent: {
            id: string;
            /** @enum {string} */
            state: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
            reason: components["schemas"]["Reason"] | null;
            window: {
                open: boolean;
                expires_at: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @description What would happen at `at` by today's facts. The decision itself is made when the message leaves. */
            forecast: {
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
                kind: string;
                reason: components["schemas"]["Reason"];
                price: components["schemas"]["Price"] | null;
                /** @description All of it in English, with what would have to change for another end; times in UTC. */
                text: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "error": {
         *         "code": "invalid",
         *         "message": "expected message.text.body to be a string, got nothing",
         *         "field": "message.text.body"
         *       }
         *     }
         */
        Error: {
            error: {
                code: string;
                message: string;
                /** @description Dotted path, when one is at fault. */
                field?: string;
                problems?: ({
                    path: string;
                    /** @description Of a file; the first is 1. */
                    line?: number;
                    /** @description Of a list the cell of that line, of a document the character; the first is 1. */
                    column?: number;
                    message: string;
                    hint?: string;
                    /** @description Of template documents and flows: what the sentence says. */
                    code?: string;
                    values?: {
                        [key: string]: string | number;
                    };
                    hint_code?: string;
                    hint_values?: {
                        [key: string]: string | number;
                    };
                } & {
                    [key: string]: unknown;
                })[];
                /**
                 * Format: date-time
                 * @description When it may be tried again, where that is known.
                 */
                retry_at?: string;
            } & {
                [key: string]: unknown;
            };
        };
        Estimate: {
            /** @description Of the list: `audience_version`. For `estimate_version` of a start. */
            version: number;
            /** @constant */
            state: "ready";
            recipients: number;
            /** @description Every recipient is in exactly one; they add up to `recipients`. As things stand now. */
            fates: {
                free_form: number;
                template: number;
                /** @description They wait for the customer, or for something else; also who is invited first. */
                held: number;
                suppressed: {
                    [key: string]: number;
                };
                failed: {
                    [key: string]: number;
                };
                /** @description Whom an earlier line writes to under another id of theirs. */
                duplicate: number;
                erased: number;
            } & {
                [key: string]: unknown;
            };
            /** @description What stands in the way of a start. */
            blockers: ({
                code: string;
                text: string;
                count?: number;
            } & {
                [key: string]: unknown;
            })[];
            warnings: ({
                code: string;
                text: string;
                count?: number;
            } & {
                [key: string]: unknown;
            })[];
            /** @description By the pace of its numbers and the messaging limit; null: more than a year. */
            duration_s: number | null;
            ends_at: string | null;
            /** @description `min`: what is free and tiers of volume count, and what waits never leaves. `max`: nothing is free any more, and all of it leaves. */
            cost: ({
                currency: string;
                min: string;
                max: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description Where there are several messages: who gets which. `language` null: all other languages. */
            versions: ({
                variant: string | null;
                language: string | null;
                recipients: number;
            } & {
                [key: string]: unknown;
            })[];
            /** @description Where there are several numbers: whom each writes to, or would as soon as it may. */
            senders: ({
                sender: string;
                recipients: number;
            } & {
                [key: string]: unknown;
            })[];
            /**
             * Format: date-time
             * @description When it was counted; ten minutes later it is counted again for whoever asks.
             */
            at: string;
        } & {
            [key: string]: unknown;
        };
        Fate: {
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /** @enum {string} */
            kind: "send" | "downgrade" | "follow_up" | "hold" | "defer" | "expire" | "cancel" | "suppress" | "fail";
            reason: components["schemas"]["Reason"];
            /** @description That would leave, as the message itself, in its place or before it. */
            template: ({
                name: string;
                language: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description Null where nothing would leave, or no rate card fits. */
            price: components["schemas"]["Price"] | null;
            /** @description All of it in English, with what would have to change for another end; times in UTC. */
            text: string;
        } & {
            [key: string]: unknown;
        };
        Flow: {
            name: string;
            /** @enum {string} */
            state: "active" | "paused";
            version: number;
            /** @description Null: of any number. */
            sender: string | null;
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            state_at: string;
            /** @description Newest first. */
            versions: ({
                version: number;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
                by: string;
            } & {
                [key: string]: unknown;
            })[];
            document: {
                [key: string]: unknown;
            };
            source: string;
            counts: {
                waiting: number;
                ended: {
                    [key: string]: number;
                };
            } & {
                [key: string]: unknown;
            };
            /** @description Who came to a step is there, has gone on, or ended there. */
            steps: ({
                id: string;
                waiting: number;
                passed: number;
                left: {
                    [key: string]: number;
                };
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "migration": null,
         *       "problems": [
         *         {
         *           "path": "purpose",
         *           "line": 2,
         *           "column": 1,
         *           "message": "expected purpose to be one of …",
         *           "code": "field_choice",
         *           "values": {
         *             "field": "purpose",
         *             "choices": "marketing, utility, service"
         *           },
         *           "hint": "did you mean \"utility\"?",
         *           "hint_code": "did_you_mean",
         *           "hint_values": {
         *             "word": "utility"
         *           }
         *         }
         *       ],
         *       "warnings": []
         *     }
         */
        FlowCheck: {
            problems: components["schemas"]["FlowProblem"][];
            warnings: components["schemas"]["FlowProblem"][];
            /** @description What becomes of the live runs, did they go over to it. Null where something is wrong, or no flow has its name. */
            migration: ({
                /** @description The ids of its steps. */
                steps: string[];
                /**
                 * @description Steps that live runs are in and it does not have.
                 * @example [
                 *       {
                 *         "step": "ask",
                 *         "runs": 12
                 *       }
                 *     ]
                 */
                vanishing: ({
                    step: string;
                    runs: number;
                } & {
                    [key: string]: unknown;
                })[];
                /** @description As the document says it. */
                moved: {
                    [key: string]: string;
                };
                /** @description Of runs in those that were not moved: `finish`, `end`, or the step in which they go on. Null: `migrate` is refused. */
                removed: string | null;
            } & {
                [key: string]: unknown;
            }) | null;
        } & {
            [key: string]: unknown;
        };
        FlowDeployed: {
            version: number;
            warnings: components["schemas"]["FlowProblem"][];
        } & {
            [key: string]: unknown;
        };
        /** @description The document, as YAML or JSON. Its JSON Schema is printed by `casement flow schema`. */
        FlowDocument: string | {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "contact": "5511987654321",
         *       "name": "quote_accepted",
         *       "key": "quote-17-accepted",
         *       "data": {
         *         "quote_id": "Q-17"
         *       }
         *     }
         */
        FlowEvent: {
            /** @description The digits of the wa_id, or a BSUID. */
            contact: string;
            /** @description Only of the conversation with this number. Default: of all. */
            sender?: string;
            name: string;
            /** @description Of the event, by who tells it. The same key is the same event. */
            key: string;
            data?: {
                [key: string]: unknown;
            };
        };
        FlowEventMatched: {
            matched_runs: number;
        } & {
            [key: string]: unknown;
        };
        FlowProblem: {
            /** @example steps[3].wait.until */
            path: string;
            /** @description From 1; absent where the document came as an object. */
            line?: number;
            column?: number;
            /** @description In English. */
            message: string;
            /** @description What is said, for pages in other languages: too_long_text, no_text, too_deep, too_many_values, too_many_expanded, unreadable, tag, merge_key, name_no_text, name_reserved, unstorable, no_document, on_is_true, thing_unknown, thing_missing, thing_kind, thing_several, step_kind, step_no_verb, step_several_verbs, both_given, field_unknown, field_kind, field_choice, field_too_long, field_too_short, field_too_many, field_too_few, field_too_large, field_too_small, field_unfit, form_name, form_step_id, form_field_name, form_duration, form_short_duration, form_time_of_day, form_position, form_setting, form_saved, form_phone_number_id, form_once_per, form_template_name, id_reserved, id_twice, step_unknown, data_unknown, data_undeclared, root_unknown, after_now, field_unnamed, path_unknown, path_undeclared, call_unknown, call_none, call_field, itself, moved_is_there, removed_is_rule, zone, condition, condition_at, condition_name, condition_name_at, condition_missing, condition_constant, place, place_missing, text_too_long, language, header_variables, label_twice, moment, moment_too_far, moment_no_date, duration_too_long, days, quiet_empty, window_closing, time_range, zone_name, set_date, set_kind, set_time_zone, set_language, set_name, set_attributes, template_when_closed, tap_backwards, tap_unknown, then_of_time, otherwise_of_time, wait_endless, then_unnamed, sends_nothing, no_buttons, wait_button, otherwise_last, address_host, address, address_password, address_fragment, address_secret, address_refused, inbound_one, unanswered_one, word_empty, word_stops, trigger_twice, except_step, unreached, endless_way, not_delivered, no_window, no_free_entry, nothing_stops, stopped_before, no_else, sends_after_person, not_sent_before, wait_in_quiet, quiet_over_window, reply_not_quiet, window_closed, window_may_close, template_unknown, template_language, template_gone, template_marketing, template_lacking, template_lacking_several, template_waiting, template_red, template_unfit, template_may_unfit, other_name, sender_unknown, sender_missing, step_in_use, flow_missing, flow_round, not_started, play_endless, data_extra, data_missing, data_string, data_number, data_boolean, data_date. More may come. */
            code: string;
            /** @description What is filled in, by name. */
            values: {
                [key: string]: string | number;
            };
            /** @description What to do about it, in English. */
            hint?: string;
            /** @description What the hint says: did_you_mean, did_you_mean_for, needs_more, one_of, quote_number, quote_name, write_out, two_steps, ask_first, give_fallback, declare, use, give, add, write, end_with, wait_first, no_quiet_hours, places_behind_host, signed, another_word, wait_for_something, reply_not_held, template_instead, where_it_goes, make_template, marketing_ways. More may come. */
            hint_code?: string;
            hint_values?: {
                [key: string]: string | number;
            };
        } & {
            [key: string]: unknown;
        };
        FlowRun: {
            id: string;
            flow: string;
            version: number;
            sender: string;
            contact: {
                wa_id: string | null;
                user_id: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @enum {string} */
            state: "waiting" | "paused" | "ended";
            /** @description Why it is paused, where nobody asked for it. */
            reason: string | null;
            outcome: string | null;
            step: string;
            /** @description When it is looked at next; null: when something happens. */
            due_at: string | null;
            /**
             * Format: date-time
             * @description UTC.
             */
            started_at: string;
            ended_at: string | null;
            data: {
                [key: string]: unknown;
            };
            /** @description What calls answered, by the names under which it is kept. */
            call: {
                [key: string]: unknown;
            };
            history: ({
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
                kind: string;
                step: string | null;
                detail: {
                    /** @description Why, in English. */
                    text: string;
                    /** @description What it says, for pages in other languages: started, played, flow_says, other_flow_says, time_over, visits, messages, customer_answered, customer_answered_at, event_came, opted_out, person_took_over, stopped_by, flow_changed, merged, paused_by, resumed_by, unlinked, broken, yielded, stays_on, went_over, went_over_to, place_taken, sends, late, deadline_was, deadline_unknown, quiet_until, left_at, left_unknown, not_left, unknown_value, unsendable, waits, waits_until, waits_event, waits_event_until, nothing_awaited, timed_out, delivered, read, event_named, chose, chose_at, tapped, not_held, case_held, case_otherwise, case_none, untold, set, stays_unknown, stays_time_zone, stays_language, stays_name, stays_attributes, team, team_note, flow, begun, not_begun_hops, not_begun_none, not_begun_gone, not_begun_once, not_begun_trigger, not_begun_data, calls, answered, answered_with, call_failed, call_tried, address_up, awaits_nothing, not_sent_yet. More may come. */
                    code: string;
                    /** @description What is filled in, by name; `outcome` of what ended it, and `reason` of a message that did not leave. */
                    values: {
                        [key: string]: string | number;
                    };
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        FlowRunSummary: {
            id: string;
            flow: string;
            version: number;
            sender: string;
            contact: {
                wa_id: string | null;
                user_id: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @enum {string} */
            state: "waiting" | "paused" | "ended";
            /** @description Why it is paused, where nobody asked for it. */
            reason: string | null;
            outcome: string | null;
            step: string;
            /** @description When it is looked at next; null: when something happens. */
            due_at: string | null;
            /**
             * Format: date-time
             * @description UTC.
             */
            started_at: string;
            ended_at: string | null;
        } & {
            [key: string]: unknown;
        };
        FlowSimulation: {
            transcript: ({
                at: string;
                /** @example Mon 2026-11-23 10:00 */
                local: string;
                /** @description Null: the customer. */
                step: string | null;
                what: string;
                text: string;
                /** @enum {string} */
                as?: "free_form" | "template";
                price?: string;
                window: {
                    open: boolean;
                    expires_at: string | null;
                } & {
                    [key: string]: unknown;
                };
                /** @description In English. */
                why: string;
                /** @description As in the history of a run, or the code of a reason of messages. */
                why_code?: string;
                why_values?: {
                    [key: string]: string | number;
                };
            } & {
                [key: string]: unknown;
            })[];
            /** @description Null: it waits for something that the script does not bring. */
            ended: ({
                outcome: string;
                at: string;
            } & {
                [key: string]: unknown;
            }) | null;
            expect: ({
                met: boolean;
                diff: string[];
            } & {
                [key: string]: unknown;
            }) | null;
            warnings: components["schemas"]["FlowProblem"][];
        } & {
            [key: string]: unknown;
        };
        FlowSimulationRequest: {
            /** @description The flow. */
            document: string | {
                [key: string]: unknown;
            };
            /** @description How it starts, what the customer does, and what is expected. */
            script: string | {
                [key: string]: unknown;
            };
        };
        /**
         * @example {
         *       "sender": "106540352242922",
         *       "to": "+5511987654321",
         *       "data": {
         *         "quote_id": "Q-17"
         *       }
         *     }
         */
        FlowStart: {
            sender: string;
            to: string | ({
                wa_id?: string | null;
                /** @description BSUID */
                user_id?: string | null;
            } & (unknown | unknown));
            /** @description As the flow declares it. */
            data?: {
                [key: string]: unknown;
            };
        };
        FlowStarted: {
            id: string;
        } & {
            [key: string]: unknown;
        };
        FlowSummary: {
            name: string;
            /** @enum {string} */
            state: "active" | "paused";
            version: number;
            /** @description Null: of any number. */
            sender: string | null;
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            state_at: string;
        } & {
            [key: string]: unknown;
        };
        Forecast: {
            window: {
                open: boolean;
                expires_at: string | null;
            } & {
                [key: string]: unknown;
            };
            now: components["schemas"]["Fate"];
            /** @description Null without a send_at. */
            at_send_at: components["schemas"]["Fate"] | null;
            /** @description Of the template that would leave at the time of sending. */
            preview: components["schemas"]["TemplatePreview"] | null;
            limits: {
                /** @description Messages to this person before the pair limit. */
                pair_left: number;
                /** @description New people within 24 hours; null: unlimited. */
                messaging_limit_left: number | null;
                /** @description Free replies of the number's month. */
                free_service_left: number | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        ImportedAudience: {
            /** @description accepted + duplicates + invalid; lines in which nothing stands are none. */
            rows: number;
            accepted: number;
            duplicates: number;
            invalid: number;
            /** @description The first 1,000. */
            errors: ({
                /** @description In which it begins; the header is in line 1. */
                line: number;
                to: string | null;
                /**
                 * @description Whoever is `opted_out` or `unreachable` is accepted, and not reached as things stand.
                 * @enum {string}
                 */
                code: "duplicate" | "invalid" | "encoding" | "columns" | "opted_out" | "unreachable";
                /** @description In English. */
                reason: string;
                /** @description What it says, for pages in other languages: cells, lost_sign, half_sign, time_zone, row_no_object, row_other_member, row_member_twice, row_value, not_reached, same_person, opted_out, unreachable, number_empty, number_scientific, number_decimals, number_decimals_end, number_letter, number_sign, number_no_digits, number_zeros, number_zero, number_no_plus, number_length, number_country, number_home, number_or_bsuid. More may come. */
                reason_code: string;
                /** @description What is filled in, by name. */
                reason_values: {
                    [key: string]: string | number;
                };
            } & {
                [key: string]: unknown;
            })[];
            errors_truncated: boolean;
            /** @description Which of its lists it is, where no file came in. */
            upload?: number;
            /** @constant */
            state?: "ready";
        } & {
            [key: string]: unknown;
        };
        Intent: {
            id: string;
            /** @enum {string} */
            state: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
            reason: components["schemas"]["Reason"] | null;
            sender: string;
            to: {
                wa_id: string | null;
                user_id: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @description The Cloud API's own object. */
            message: {
                [key: string]: unknown;
            };
            when_closed: ("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            };
            /** @enum {string} */
            release: "all" | "latest";
            /** @enum {string} */
            priority: "reply" | "transactional" | "follow_up" | "campaign";
            /** @enum {string} */
            delivery: "at_least_once" | "at_most_once";
            /**
             * Format: date-time
             * @description Where it moves: by what is known now.
             */
            send_at: string;
            /** @description What was asked for, where that moves; null: an instant. */
            schedule: ("before_close" | {
                local: string;
                /** @description contact: whichever zone the contact has. */
                time_zone: string;
            }) | null;
            /** @description What ends it before it has left. */
            cancel_on: ("reply" | "colleague")[];
            /** @description When it is looked at next; null while held or over. */
            due_at: string | null;
            /**
             * Format: date-time
             * @description UTC.
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
            created_by: ({
                kind: string;
                id: string | null;
                name: string;
                /** @constant */
                via?: "drop_in";
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description When it was asked to be cancelled while its request may have left; it is not sent again. */
            cancel_requested_at: string | null;
            idempotency_key: string | null;
            metadata: unknown;
            sent_as: ("free_form" | "template") | null;
            wamid: string | null;
            delivery_status: ("sent" | "delivered" | "read" | "failed") | null;
            /** @description `held_for_quality_assessment`: Meta has it, and looks first how its template is received; then it goes, or the template is `paused` and the message is decided again. */
            meta_status: ("accepted" | "held_for_quality_assessment" | "paused") | null;
            cost: ({
                category: string | null;
                /** @description `regular`: Meta charges. Null until a status tells. */
                type: string | null;
                billable: boolean | null;
                /** @description Our price when it left; null where no rate card had one. */
                expected: components["schemas"]["Price"] | null;
                /** @description What that rate card says of what Meta told. */
                actual: components["schemas"]["Price"] | null;
            } & {
                [key: string]: unknown;
            }) | null;
            attempts: components["schemas"]["Attempt"][];
            decisions: components["schemas"]["Decision"][];
            follow_up: ({
                id: string;
                /** @enum {string} */
                state: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The flow that asked for it, and in which run. */
            flow: ({
                name: string;
                run: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The campaign for a recipient of which it is. */
            campaign: ({
                id: string;
                name: string;
            } & {
                [key: string]: unknown;
            }) | null;
            follow_up_of: string | null;
            /** @description Of what waits, made anew at every look; null for what is being sent, or over. Not in lists. */
            forecast: components["schemas"]["Fate"] | null;
        } & {
            [key: string]: unknown;
        };
        IntentCounts: {
            counts: {
                scheduled: number;
                queued: number;
                dispatching: number;
                held: number;
                in_doubt: number;
                sent: number;
                failed: number;
                expired: number;
                cancelled: number;
                suppressed: number;
            };
            /** @description No state is counted further: one that has as many may have more. */
            at_most: number;
        } & {
            [key: string]: unknown;
        };
        IntentPatch: {
            /** @description The Cloud API's own message object. */
            message?: ({
                /** @constant */
                type: "text";
                text: {
                    body: string;
                    preview_url?: boolean;
                } & {
                    [key: string]: unknown;
                };
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "image";
                image: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                    caption?: string;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "video";
                video: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                    caption?: string;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "audio";
                audio: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                    voice?: boolean;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "document";
                document: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                    caption?: string;
                    filename?: string;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "sticker";
                sticker: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "location";
                location: {
                    latitude: number | string;
                    longitude: number | string;
                    name?: string;
                    address?: string;
                } & {
                    [key: string]: unknown;
                };
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "reaction";
                reaction: {
                    message_id: string;
                    emoji: string;
                } & {
                    [key: string]: unknown;
                };
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "contacts";
                contacts: ({
                    name: {
                        formatted_name: string;
                    } & {
                        [key: string]: unknown;
                    };
                    phones?: ({
                        phone?: string;
                        wa_id?: string;
                        type?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    emails?: ({
                        email?: string;
                        type?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    urls?: ({
                        url?: string;
                        type?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    addresses?: ({
                        type?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    org?: {
                        [key: string]: unknown;
                    };
                    birthday?: string;
                } & {
                    [key: string]: unknown;
                })[];
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "interactive";
                interactive: ({
                    /** @constant */
                    type: "button";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        buttons: ({
                            /** @constant */
                            type: "reply";
                            reply: {
                                id: string;
                                title: string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "list";
                    header?: {
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    };
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        button: string;
                        sections: ({
                            title?: string;
                            rows: ({
                                id: string;
                                title: string;
                                description?: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "cta_url";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "cta_url";
                        parameters: {
                            display_text: string;
                            /** Format: uri */
                            url: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "flow";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "flow";
                        parameters: {
                            flow_message_version: string;
                            flow_id?: string;
                            flow_name?: string;
                            flow_cta: string;
                            flow_token?: string;
                            /** @enum {string} */
                            mode?: "draft" | "published";
                            /** @enum {string} */
                            flow_action?: "navigate" | "data_exchange";
                            flow_action_payload?: {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "product";
                    body?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        catalog_id: string;
                        product_retailer_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "product_list";
                    header: {
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    };
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        catalog_id: string;
                        sections: ({
                            title?: string;
                            product_items: ({
                                product_retailer_id: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "catalog_message";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "catalog_message";
                        parameters?: {
                            thumbnail_product_retailer_id?: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "location_request_message";
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "send_location";
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "request_contact_info";
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "request_contact_info";
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "call_permission_request";
                    body?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "call_permission_request";
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "voice_call";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "voice_call";
                        parameters?: {
                            display_text?: string;
                            ttl_minutes?: number;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "carousel";
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        cards: ({
                            card_index: number;
                            header: ({
                                /** @constant */
                                type: "image";
                                image: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "video";
                                video: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            });
                            body?: {
                                text: string;
                            } & {
                                [key: string]: unknown;
                            };
                            action: {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @enum {string} */
                    type: "address_message" | "order_details" | "order_status";
                    header?: {
                        [key: string]: unknown;
                    };
                    body?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        name: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                });
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "template";
                template: {
                    name: string;
                    language: {
                        code: string;
                        policy?: string;
                    } & {
                        [key: string]: unknown;
                    };
                    components?: (({
                        /** @constant */
                        type: "header";
                        parameters?: (({
                            /** @constant */
                            type: "text";
                            text: string;
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "currency";
                            currency: {
                                fallback_value: string;
                                code: string;
                                amount_1000: number;
                            } & {
                                [key: string]: unknown;
                            };
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "date_time";
                            date_time: {
                                fallback_value: string;
                            } & {
                                [key: string]: unknown;
                            };
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "image";
                            image: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "video";
                            video: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "gif";
                            gif: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "document";
                            document: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "location";
                            location: {
                                latitude: number | string;
                                longitude: number | string;
                                name?: string;
                                address?: string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "product";
                            product: {
                                product_retailer_id: string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        }))[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "body";
                        parameters?: (({
                            /** @constant */
                            type: "text";
                            text: string;
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "currency";
                            currency: {
                                fallback_value: string;
                                code: string;
                                amount_1000: number;
                            } & {
                                [key: string]: unknown;
                            };
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "date_time";
                            date_time: {
                                fallback_value: string;
                            } & {
                                [key: string]: unknown;
                            };
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }))[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "button";
                        sub_type: string;
                        index: string | number;
                        parameters?: (({
                            /** @constant */
                            type: "text";
                            text: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "payload";
                            payload: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "coupon_code";
                            coupon_code: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "action";
                            action: {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "ttl_minutes";
                            ttl_minutes: number | string;
                        } & {
                            [key: string]: unknown;
                        }))[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "limited_time_offer";
                        parameters?: ({
                            /** @constant */
                            type: "limited_time_offer";
                            limited_time_offer: {
                                expiration_time_ms: number | string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "carousel";
                        cards: ({
                            card_index: number;
                            components: (({
                                /** @constant */
                                type: "header";
                                parameters?: (({
                                    /** @constant */
                                    type: "text";
                                    text: string;
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "currency";
                                    currency: {
                                        fallback_value: string;
                                        code: string;
                                        amount_1000: number;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "date_time";
                                    date_time: {
                                        fallback_value: string;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "image";
                                    image: ({
                                        id?: string;
                                        /** Format: uri */
                                        link?: string;
                                    } & {
                                        [key: string]: unknown;
                                    }) & (unknown | unknown);
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "video";
                                    video: ({
                                        id?: string;
                                        /** Format: uri */
                                        link?: string;
                                    } & {
                                        [key: string]: unknown;
                                    }) & (unknown | unknown);
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "gif";
                                    gif: ({
                                        id?: string;
                                        /** Format: uri */
                                        link?: string;
                                    } & {
                                        [key: string]: unknown;
                                    }) & (unknown | unknown);
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "document";
                                    document: ({
                                        id?: string;
                                        /** Format: uri */
                                        link?: string;
                                    } & {
                                        [key: string]: unknown;
                                    }) & (unknown | unknown);
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "location";
                                    location: {
                                        latitude: number | string;
                                        longitude: number | string;
                                        name?: string;
                                        address?: string;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "product";
                                    product: {
                                        product_retailer_id: string;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                } & {
                                    [key: string]: unknown;
                                }))[];
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "body";
                                parameters?: (({
                                    /** @constant */
                                    type: "text";
                                    text: string;
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "currency";
                                    currency: {
                                        fallback_value: string;
                                        code: string;
                                        amount_1000: number;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "date_time";
                                    date_time: {
                                        fallback_value: string;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }))[];
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "button";
                                sub_type: string;
                                index: string | number;
                                parameters?: (({
                                    /** @constant */
                                    type: "text";
                                    text: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "payload";
                                    payload: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "coupon_code";
                                    coupon_code: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "action";
                                    action: {
                                        [key: string]: unknown;
                                    };
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "ttl_minutes";
                                    ttl_minutes: number | string;
                                } & {
                                    [key: string]: unknown;
                                }))[];
                            } & {
                                [key: string]: unknown;
                            }))[];
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @enum {string} */
                        type: "footer" | "tap_target_configuration" | "order_status";
                    } & {
                        [key: string]: unknown;
                    }))[];
                } & {
                    [key: string]: unknown;
                };
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            });
            when_closed?: (("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            }) | null;
            release?: ("all" | "latest") | null;
            send_at?: (string | "before_close" | {
                local: string;
                /** @description contact: the contact's own, and moving with it; else the likely one of the number. */
                time_zone: string;
            }) | null;
            expires_at?: string | null;
            priority?: ("reply" | "transactional" | "follow_up" | "campaign") | null;
            cancel_on?: ("reply" | "colleague")[] | null;
            metadata?: unknown;
        };
        /**
         * @example {
         *       "sender": "106540352242922",
         *       "to": "+5511987654321",
         *       "message": {
         *         "type": "text",
         *         "text": {
         *           "body": "Your order has left our warehouse."
         *         }
         *       },
         *       "when_closed": {
         *         "follow_up": {
         *           "name": "keep_helping",
         *           "language": "en",
         *           "parameters": {
         *             "user": "Ana"
         *           }
         *         }
         *       },
         *       "idempotency_key": "order-17-shipped"
         *     }
         */
        IntentRequest: {
            /** @description Meta's phone_number_id of a linked number. */
            sender: string;
            to: string | ({
                wa_id?: string | null;
                /** @description BSUID */
                user_id?: string | null;
            } & (unknown | unknown));
            /** @description The Cloud API's own message object. */
            message: ({
                /** @constant */
                type: "text";
                text: {
                    body: string;
                    preview_url?: boolean;
                } & {
                    [key: string]: unknown;
                };
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "image";
                image: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                    caption?: string;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "video";
                video: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                    caption?: string;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "audio";
                audio: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                    voice?: boolean;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "document";
                document: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                    caption?: string;
                    filename?: string;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "sticker";
                sticker: ({
                    id?: string;
                    /** Format: uri */
                    link?: string;
                } & {
                    [key: string]: unknown;
                }) & (unknown | unknown);
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "location";
                location: {
                    latitude: number | string;
                    longitude: number | string;
                    name?: string;
                    address?: string;
                } & {
                    [key: string]: unknown;
                };
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "reaction";
                reaction: {
                    message_id: string;
                    emoji: string;
                } & {
                    [key: string]: unknown;
                };
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "contacts";
                contacts: ({
                    name: {
                        formatted_name: string;
                    } & {
                        [key: string]: unknown;
                    };
                    phones?: ({
                        phone?: string;
                        wa_id?: string;
                        type?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    emails?: ({
                        email?: string;
                        type?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    urls?: ({
                        url?: string;
                        type?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    addresses?: ({
                        type?: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    org?: {
                        [key: string]: unknown;
                    };
                    birthday?: string;
                } & {
                    [key: string]: unknown;
                })[];
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "interactive";
                interactive: ({
                    /** @constant */
                    type: "button";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        buttons: ({
                            /** @constant */
                            type: "reply";
                            reply: {
                                id: string;
                                title: string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "list";
                    header?: {
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    };
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        button: string;
                        sections: ({
                            title?: string;
                            rows: ({
                                id: string;
                                title: string;
                                description?: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "cta_url";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "cta_url";
                        parameters: {
                            display_text: string;
                            /** Format: uri */
                            url: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "flow";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "flow";
                        parameters: {
                            flow_message_version: string;
                            flow_id?: string;
                            flow_name?: string;
                            flow_cta: string;
                            flow_token?: string;
                            /** @enum {string} */
                            mode?: "draft" | "published";
                            /** @enum {string} */
                            flow_action?: "navigate" | "data_exchange";
                            flow_action_payload?: {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "product";
                    body?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        catalog_id: string;
                        product_retailer_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "product_list";
                    header: {
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    };
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        catalog_id: string;
                        sections: ({
                            title?: string;
                            product_items: ({
                                product_retailer_id: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "catalog_message";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "catalog_message";
                        parameters?: {
                            thumbnail_product_retailer_id?: string;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "location_request_message";
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "send_location";
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "request_contact_info";
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "request_contact_info";
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "call_permission_request";
                    body?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "call_permission_request";
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "voice_call";
                    header?: ({
                        /** @constant */
                        type: "text";
                        text: string;
                        sub_text?: string;
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "image";
                        image: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "video";
                        video: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "document";
                        document: ({
                            id?: string;
                            /** Format: uri */
                            link?: string;
                        } & {
                            [key: string]: unknown;
                        }) & (unknown | unknown);
                    } & {
                        [key: string]: unknown;
                    });
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        /** @constant */
                        name: "voice_call";
                        parameters?: {
                            display_text?: string;
                            ttl_minutes?: number;
                        } & {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @constant */
                    type: "carousel";
                    body: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        cards: ({
                            card_index: number;
                            header: ({
                                /** @constant */
                                type: "image";
                                image: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "video";
                                video: ({
                                    id?: string;
                                    /** Format: uri */
                                    link?: string;
                                } & {
                                    [key: string]: unknown;
                                }) & (unknown | unknown);
                            } & {
                                [key: string]: unknown;
                            });
                            body?: {
                                text: string;
                            } & {
                                [key: string]: unknown;
                            };
                            action: {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                }) | ({
                    /** @enum {string} */
                    type: "address_message" | "order_details" | "order_status";
                    header?: {
                        [key: string]: unknown;
                    };
                    body?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    footer?: {
                        text: string;
                    } & {
                        [key: string]: unknown;
                    };
                    action: {
                        name: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                });
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            }) | ({
                /** @constant */
                type: "template";
                template: {
                    name: string;
                    language: {
                        code: string;
                        policy?: string;
                    } & {
                        [key: string]: unknown;
                    };
                    components?: (({
                        /** @constant */
                        type: "header";
                        parameters?: (({
                            /** @constant */
                            type: "text";
                            text: string;
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "currency";
                            currency: {
                                fallback_value: string;
                                code: string;
                                amount_1000: number;
                            } & {
                                [key: string]: unknown;
                            };
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "date_time";
                            date_time: {
                                fallback_value: string;
                            } & {
                                [key: string]: unknown;
                            };
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "image";
                            image: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "video";
                            video: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "gif";
                            gif: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "document";
                            document: ({
                                id?: string;
                                /** Format: uri */
                                link?: string;
                            } & {
                                [key: string]: unknown;
                            }) & (unknown | unknown);
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "location";
                            location: {
                                latitude: number | string;
                                longitude: number | string;
                                name?: string;
                                address?: string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "product";
                            product: {
                                product_retailer_id: string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        }))[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "body";
                        parameters?: (({
                            /** @constant */
                            type: "text";
                            text: string;
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "currency";
                            currency: {
                                fallback_value: string;
                                code: string;
                                amount_1000: number;
                            } & {
                                [key: string]: unknown;
                            };
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "date_time";
                            date_time: {
                                fallback_value: string;
                            } & {
                                [key: string]: unknown;
                            };
                            parameter_name?: string;
                        } & {
                            [key: string]: unknown;
                        }))[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "button";
                        sub_type: string;
                        index: string | number;
                        parameters?: (({
                            /** @constant */
                            type: "text";
                            text: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "payload";
                            payload: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "coupon_code";
                            coupon_code: string;
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "action";
                            action: {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        }) | ({
                            /** @constant */
                            type: "ttl_minutes";
                            ttl_minutes: number | string;
                        } & {
                            [key: string]: unknown;
                        }))[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "limited_time_offer";
                        parameters?: ({
                            /** @constant */
                            type: "limited_time_offer";
                            limited_time_offer: {
                                expiration_time_ms: number | string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @constant */
                        type: "carousel";
                        cards: ({
                            card_index: number;
                            components: (({
                                /** @constant */
                                type: "header";
                                parameters?: (({
                                    /** @constant */
                                    type: "text";
                                    text: string;
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "currency";
                                    currency: {
                                        fallback_value: string;
                                        code: string;
                                        amount_1000: number;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "date_time";
                                    date_time: {
                                        fallback_value: string;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "image";
                                    image: ({
                                        id?: string;
                                        /** Format: uri */
                                        link?: string;
                                    } & {
                                        [key: string]: unknown;
                                    }) & (unknown | unknown);
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "video";
                                    video: ({
                                        id?: string;
                                        /** Format: uri */
                                        link?: string;
                                    } & {
                                        [key: string]: unknown;
                                    }) & (unknown | unknown);
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "gif";
                                    gif: ({
                                        id?: string;
                                        /** Format: uri */
                                        link?: string;
                                    } & {
                                        [key: string]: unknown;
                                    }) & (unknown | unknown);
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "document";
                                    document: ({
                                        id?: string;
                                        /** Format: uri */
                                        link?: string;
                                    } & {
                                        [key: string]: unknown;
                                    }) & (unknown | unknown);
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "location";
                                    location: {
                                        latitude: number | string;
                                        longitude: number | string;
                                        name?: string;
                                        address?: string;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "product";
                                    product: {
                                        product_retailer_id: string;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                } & {
                                    [key: string]: unknown;
                                }))[];
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "body";
                                parameters?: (({
                                    /** @constant */
                                    type: "text";
                                    text: string;
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "currency";
                                    currency: {
                                        fallback_value: string;
                                        code: string;
                                        amount_1000: number;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "date_time";
                                    date_time: {
                                        fallback_value: string;
                                    } & {
                                        [key: string]: unknown;
                                    };
                                    parameter_name?: string;
                                } & {
                                    [key: string]: unknown;
                                }))[];
                            } & {
                                [key: string]: unknown;
                            }) | ({
                                /** @constant */
                                type: "button";
                                sub_type: string;
                                index: string | number;
                                parameters?: (({
                                    /** @constant */
                                    type: "text";
                                    text: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "payload";
                                    payload: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "coupon_code";
                                    coupon_code: string;
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "action";
                                    action: {
                                        [key: string]: unknown;
                                    };
                                } & {
                                    [key: string]: unknown;
                                }) | ({
                                    /** @constant */
                                    type: "ttl_minutes";
                                    ttl_minutes: number | string;
                                } & {
                                    [key: string]: unknown;
                                }))[];
                            } & {
                                [key: string]: unknown;
                            }))[];
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    }) | ({
                        /** @enum {string} */
                        type: "footer" | "tap_target_configuration" | "order_status";
                    } & {
                        [key: string]: unknown;
                    }))[];
                } & {
                    [key: string]: unknown;
                };
                context?: {
                    message_id: string;
                } & {
                    [key: string]: unknown;
                };
                biz_opaque_callback_data?: string;
                recipient_identity_key_hash?: string;
                messaging_account_id?: string;
                /** @enum {string} */
                category?: "utility" | "authentication";
                ttl_seconds?: number;
                /** @constant */
                messaging_product?: "whatsapp";
                /** @constant */
                recipient_type?: "individual";
            } & {
                [key: string]: unknown;
            });
            /** @description What to do when the customer service window is closed; default: the sender's. */
            when_closed?: ("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            };
            /** @enum {string} */
            release?: "all" | "latest";
            /** @description An instant; a local time, that of a zone or of the contact; or before_close: the last safe moment before the window closes, moving with it, and now where it is closed. */
            send_at?: string | "before_close" | {
                local: string;
                /** @description contact: the contact's own, and moving with it; else the likely one of the number. */
                time_zone: string;
            };
            /**
             * Format: date-time
             * @description Default: 7 days after send_at.
             */
            expires_at?: string;
            /** @enum {string} */
            priority?: "reply" | "transactional" | "follow_up" | "campaign";
            /** @enum {string} */
            delivery?: "at_least_once" | "at_most_once";
            /** @description Ends it, `cancelled` with `answered`, when one of these happens before it has left. reply: the customer writes or calls. colleague: a person answers, by the phone app or signed in here; what they schedule for later is no answer yet. */
            cancel_on?: ("reply" | "colleague")[];
            idempotency_key?: string;
            metadata?: unknown;
        };
        IntentSummary: {
            id: string;
            /** @enum {string} */
            state: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
            reason: components["schemas"]["Reason"] | null;
            sender: string;
            to: {
                wa_id: string | null;
                user_id: string | null;
            } & {
                [key: string]: unknown;
            };
            /** @description The Cloud API's own object. */
            message: {
                [key: string]: unknown;
            };
            when_closed: ("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            };
            /** @enum {string} */
            release: "all" | "latest";
            /** @enum {string} */
            priority: "reply" | "transactional" | "follow_up" | "campaign";
            /** @enum {string} */
            delivery: "at_least_once" | "at_most_once";
            /**
             * Format: date-time
             * @description Where it moves: by what is known now.
             */
            send_at: string;
            /** @description What was asked for, where that moves; null: an instant. */
            schedule: ("before_close" | {
                local: string;
                /** @description contact: whichever zone the contact has. */
                time_zone: string;
            }) | null;
            /** @description What ends it before it has left. */
            cancel_on: ("reply" | "colleague")[];
            /** @description When it is looked at next; null while held or over. */
            due_at: string | null;
            /**
             * Format: date-time
             * @description UTC.
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
            created_by: ({
                kind: string;
                id: string | null;
                name: string;
                /** @constant */
                via?: "drop_in";
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description When it was asked to be cancelled while its request may have left; it is not sent again. */
            cancel_requested_at: string | null;
            idempotency_key: string | null;
            metadata: unknown;
            sent_as: ("free_form" | "template") | null;
            wamid: string | null;
            delivery_status: ("sent" | "delivered" | "read" | "failed") | null;
            /** @description `held_for_quality_assessment`: Meta has it, and looks first how its template is received; then it goes, or the template is `paused` and the message is decided again. */
            meta_status: ("accepted" | "held_for_quality_assessment" | "paused") | null;
            cost: ({
                category: string | null;
                /** @description `regular`: Meta charges. Null until a status tells. */
                type: string | null;
                billable: boolean | null;
                /** @description Our price when it left; null where no rate card had one. */
                expected: components["schemas"]["Price"] | null;
                /** @description What that rate card says of what Meta told. */
                actual: components["schemas"]["Price"] | null;
            } & {
                [key: string]: unknown;
            }) | null;
            attempts?: components["schemas"]["Attempt"][];
            decisions?: components["schemas"]["Decision"][];
            follow_up: ({
                id: string;
                /** @enum {string} */
                state: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The flow that asked for it, and in which run. */
            flow: ({
                name: string;
                run: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The campaign for a recipient of which it is. */
            campaign: ({
                id: string;
                name: string;
            } & {
                [key: string]: unknown;
            }) | null;
            follow_up_of: string | null;
            /** @description Of what waits, made anew at every look; null for what is being sent, or over. Not in lists. */
            forecast?: components["schemas"]["Fate"] | null;
        } & {
            [key: string]: unknown;
        };
        InvitedUser: {
            id: string;
            email: string;
            name: string;
            memberships: ({
                workspace: string;
                /** @enum {string} */
                role: "viewer" | "operator" | "admin";
            } & {
                [key: string]: unknown;
            })[];
            disabled: boolean;
            has_password: boolean;
            has_totp: boolean;
            /** Format: date-time */
            created_at: string;
            last_seen_at: string | null;
            /** @description Signs them in, once. null: the e-mail address was known. */
            link: string | null;
            link_expires_at: string | null;
        } & {
            [key: string]: unknown;
        };
        Job: {
            /** Format: uuid */
            id: string;
            kind: string;
            /** @enum {string} */
            state: "running" | "done" | "failed";
            done: number;
            total: number | null;
            result: unknown;
            error: string | null;
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
            finished_at: string | null;
        } & {
            [key: string]: unknown;
        };
        /** @description As Meta answers it. */
        LibraryTemplate: {
            name: string;
            language?: string;
            category?: string;
            topic?: string;
            usecase?: string;
            industry?: string[];
            header?: string;
            body?: string;
            body_params?: string[];
            body_param_types?: string[];
            buttons?: {
                [key: string]: unknown;
            }[];
            id?: string;
        } & {
            [key: string]: unknown;
        };
        LiveCampaignChange: {
            /** @constant */
            type: "campaign";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /** @description What happened last, such as message.received. */
            event: string;
            id: string;
            /** @description As lists show it now; null where it is in none any more. */
            data: components["schemas"]["Campaign"] | null;
        } & {
            [key: string]: unknown;
        };
        LiveConversationChange: {
            /** @constant */
            type: "conversation";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /** @description What happened last, such as message.received. */
            event: string;
            id: string;
            /** @description As lists show it now; null where it is in none any more. */
            data: components["schemas"]["ConversationSummary"] | null;
        } & {
            [key: string]: unknown;
        };
        LiveEvent: components["schemas"]["LiveHello"] | components["schemas"]["LiveConversationChange"] | components["schemas"]["LiveMessageChange"] | components["schemas"]["LiveIntentChange"] | components["schemas"]["LiveCampaignChange"] | components["schemas"]["LiveSenderChange"] | components["schemas"]["LiveTemplateChange"] | components["schemas"]["LiveFlowChange"] | components["schemas"]["LiveResync"];
        LiveFlowChange: {
            /** @constant */
            type: "flow";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /** @description What happened last, such as message.received. */
            event: string;
            id: string;
            /** @description As lists show it now; null where it is in none any more. */
            data: (components["schemas"]["FlowSummary"] | components["schemas"]["FlowRunSummary"]) | null;
        } & {
            [key: string]: unknown;
        };
        /** @description Of `event: hello`. */
        LiveHello: {
            /** @description The version of Casement. */
            server: string;
            /**
             * Format: date-time
             * @description The clock by which windows open and close. Countdowns run on it.
             */
            now: string;
        } & {
            [key: string]: unknown;
        };
        LiveIntentChange: {
            /** @constant */
            type: "intent";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /** @description What happened last, such as message.received. */
            event: string;
            id: string;
            /** @description As lists show it now; null where it is in none any more. */
            data: components["schemas"]["IntentSummary"] | null;
        } & {
            [key: string]: unknown;
        };
        LiveMessage: {
            /** @description The wamid. */
            id: string;
            /** @enum {string} */
            direction: "inbound" | "outbound";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            type: string;
            /** @description The words, of a template those of its body as it is today; null when it has none. */
            text: string | null;
            /** @description The Cloud API's own object; null where a template went in its place. */
            message: {
                [key: string]: unknown;
            } | null;
            status: ("sent" | "delivered" | "read" | "failed") | null;
            wamid: string;
            intent: string | null;
            /** @description Who wrote it, of ours. system: Casement, such as an invitation. */
            by: ({
                /** @enum {string} */
                kind: "api" | "campaign" | "flow" | "user" | "phone_app" | "system";
                name: string | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description Why it failed, in words. */
            reason: components["schemas"]["Reason"] | null;
            /** @description What it answers; only the id where nobody has that message any more. */
            quoted: ({
                /** @description The wamid. */
                id: string;
                direction: ("inbound" | "outbound") | null;
                type: string | null;
                /** @description Its beginning, 500 characters at most. */
                text: string | null;
                at: string | null;
                status: ("sent" | "delivered" | "read" | "failed") | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The ad or button that it came through, as Meta tells it. */
            referral: {
                [key: string]: unknown;
            } | null;
            /** @description A file that Meta keeps: `GET …/messages/{id}/media`. */
            media: ({
                mime_type: string | null;
                /** @description Bytes, where Meta told them. */
                size: number | null;
                filename: string | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The name of the template that went. */
            template: string | null;
            /** @description Of a template that is known here. */
            preview: components["schemas"]["TemplatePreview"] | null;
            /** @description The same as `message`. */
            body: {
                [key: string]: unknown;
            } | null;
            /** @description The same as `intent`. */
            intent_id: string | null;
            /** @description As Meta's status webhooks told. */
            pricing: ({
                category: string | null;
                type: string | null;
                billable: boolean | null;
            } & {
                [key: string]: unknown;
            }) | null;
            sender: string;
            contact: {
                wa_id: string | null;
                user_id: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        LiveMessageChange: {
            /** @constant */
            type: "message";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /** @description What happened last, such as message.received. */
            event: string;
            id: string;
            /** @description As lists show it now; null where it is in none any more. */
            data: components["schemas"]["LiveMessage"] | null;
        } & {
            [key: string]: unknown;
        };
        /** @description Of `event: resync`: load again what you show. */
        LiveResync: Record<string, never>;
        LiveSenderChange: {
            /** @constant */
            type: "sender";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /** @description What happened last, such as message.received. */
            event: string;
            id: string;
            /** @description As lists show it now; null where it is in none any more. */
            data: components["schemas"]["Sender"] | null;
        } & {
            [key: string]: unknown;
        };
        LiveTemplateChange: {
            /** @constant */
            type: "template";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /** @description What happened last, such as message.received. */
            event: string;
            id: string;
            /** @description As lists show it now; null where it is in none any more. */
            data: components["schemas"]["Template"] | null;
        } & {
            [key: string]: unknown;
        };
        LocalStart: {
            /**
             * @description A local date and time without a zone.
             * @example 2026-12-01T10:00
             */
            local: string;
            /** @description An IANA name, or `recipient`: each recipient's own. */
            time_zone: string;
        };
        LocalStartInput: {
            /**
             * @description A local date and time without a zone.
             * @example 2026-12-01T10:00
             */
            local: string;
            /** @description An IANA name, or `recipient`: each recipient's own. */
            time_zone: string;
        };
        Me: {
            /** @enum {string} */
            kind: "key" | "user";
            id: string;
            name: string;
            workspace: string;
            workspaces: ({
                id: string;
                name: string;
                role: string;
            } & {
                [key: string]: unknown;
            })[];
            scopes: string[];
            senders: string[] | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "id": "1013859600285441"
         *     }
         */
        Medium: {
            id: string;
        } & {
            [key: string]: unknown;
        };
        Message: {
            /** @description The wamid. */
            id: string;
            /** @enum {string} */
            direction: "inbound" | "outbound";
            /**
             * Format: date-time
             * @description UTC.
             */
            at: string;
            type: string;
            /** @description The words, of a template those of its body as it is today; null when it has none. */
            text: string | null;
            /** @description The Cloud API's own object; null where a template went in its place. */
            message: {
                [key: string]: unknown;
            } | null;
            status: ("sent" | "delivered" | "read" | "failed") | null;
            wamid: string;
            intent: string | null;
            /** @description Who wrote it, of ours. system: Casement, such as an invitation. */
            by: ({
                /** @enum {string} */
                kind: "api" | "campaign" | "flow" | "user" | "phone_app" | "system";
                name: string | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description Why it failed, in words. */
            reason: components["schemas"]["Reason"] | null;
            /** @description What it answers; only the id where nobody has that message any more. */
            quoted: ({
                /** @description The wamid. */
                id: string;
                direction: ("inbound" | "outbound") | null;
                type: string | null;
                /** @description Its beginning, 500 characters at most. */
                text: string | null;
                at: string | null;
                status: ("sent" | "delivered" | "read" | "failed") | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The ad or button that it came through, as Meta tells it. */
            referral: {
                [key: string]: unknown;
            } | null;
            /** @description A file that Meta keeps: `GET …/messages/{id}/media`. */
            media: ({
                mime_type: string | null;
                /** @description Bytes, where Meta told them. */
                size: number | null;
                filename: string | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The name of the template that went. */
            template: string | null;
            /** @description Of a template that is known here. */
            preview: components["schemas"]["TemplatePreview"] | null;
            /** @description The same as `message`. */
            body: {
                [key: string]: unknown;
            } | null;
            /** @description The same as `intent`. */
            intent_id: string | null;
            /** @description As Meta's status webhooks told. */
            pricing: ({
                category: string | null;
                type: string | null;
                billable: boolean | null;
            } & {
                [key: string]: unknown;
            }) | null;
        } & {
            [key: string]: unknown;
        };
        NewApiKey: {
            id: string;
            /** @description How the key begins, to tell keys apart. */
            prefix: string;
            name: string;
            scopes: ("read" | "send" | "templates" | "campaigns" | "admin" | "system")[];
            workspace: string;
            senders: string[] | null;
            allow_query: boolean;
            expires_at: string | null;
            /** @description Right to a minute. */
            last_used_at: string | null;
            /** Format: date-time */
            created_at: string;
            created_by: ({
                kind: string;
                id: string | null;
                name: string;
            } & {
                [key: string]: unknown;
            }) | null;
            key: string;
        } & {
            [key: string]: unknown;
        };
        NewTotp: {
            secret: string;
            /** @description For the QR code. */
            uri: string;
        } & {
            [key: string]: unknown;
        };
        NewWebhookEndpoint: {
            id: string;
            url: string;
            /** @enum {string} */
            kind: "meta" | "events";
            senders: string[] | null;
            events: string[] | null;
            /** @enum {string} */
            ids: "casement" | "meta";
            /** @enum {string} */
            state: "active" | "paused" | "gone";
            /** @description The verify handshake; null where none was tried. */
            verified: boolean | null;
            reason: ({
                code: string;
                text: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** Format: date-time */
            created_at: string;
            created_by: {
                kind: string;
                id: string | null;
                name: string;
            } & {
                [key: string]: unknown;
            };
            secret: string;
        } & {
            [key: string]: unknown;
        };
        Price: {
            /**
             * @description A decimal string.
             * @example 0.031700
             */
            amount: string;
            /** @description ISO 4217. */
            currency: string;
            /** @description As Meta spells it in webhooks. */
            category: string;
            /** @description The row of the rate card, by Meta's name. */
            market: string;
            /** @description Null: it is charged. */
            free_because: ("free_entry_point" | "free_tier" | "before_october" | "reaction" | "exempt") | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "from": "21:00",
         *       "to": "08:00"
         *     }
         */
        QuietHours: {
            from: string;
            /** @description The first minute that is free again. Before `from`: over night. */
            to: string;
            /** @description Of those whose own zone is not known. */
            zone?: string;
        };
        RateCard: {
            id: string;
            /** @enum {string} */
            kind: "rates" | "tiers";
            /** @description ISO 4217. */
            currency: string;
            /** Format: date */
            valid_from: string;
            markets: number;
            /** @description Of the file, which is kept. */
            sha256: string;
            /** Format: date-time */
            created_at: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "code": "awaiting_window",
         *       "text": "Waits for the customer to write."
         *     }
         */
        Reason: {
            code: string;
            text: string;
            graph_code?: number;
        } & {
            [key: string]: unknown;
        };
        Sender: {
            phone_number_id: string;
            waba_id: string;
            portfolio_id: string;
            display_phone_number: string | null;
            verified_name: string | null;
            throughput_mps: number;
            /** @description Messages per second. After a throttle (130429) less goes for a while than is configured. */
            throughput: {
                configured_mps: number;
                effective_mps: number;
                slowed_since: string | null;
                /** @description Messages that left in the last minute, as told a few seconds ago. */
                used_1m: number;
            } & {
                [key: string]: unknown;
            };
            /** @description Meta throttled the account (4, 80007 …): nothing is sent until then. */
            calls_paused_until: string | null;
            messaging_limit: number | null;
            /** @description New people within 24 hours; null: unlimited. */
            messaging_limit_left: number | null;
            /** @description When the first of those who count does not any more. */
            messaging_limit_frees_at: string | null;
            /** @description How often a message waited for the pair limit of its person, in 24 hours, by the hour. */
            pair_limited_24h: number;
            /** @description `GREEN`, `YELLOW`, `RED`, `UNKNOWN`, as Meta spells it; null: not read yet. */
            quality: string | null;
            /** @description What it became and when that was read, newest first; 100 at most. */
            quality_history: ({
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
                score: string;
            } & {
                [key: string]: unknown;
            })[];
            /** @description When a webhook of the number came last. */
            webhook_seen_at: string | null;
            /** @description Stored webhooks of the number that could not be applied; 100 at most. */
            webhook_failed: number;
            default_when_closed: ("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            };
            /** @enum {string} */
            state: "active" | "paused" | "restricted";
            reason: ({
                code: string;
                text: string;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                since: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description Of its account; null while Meta has not told. */
            currency: string | null;
            /** @description In which its days and months are counted; null: UTC. */
            time_zone: string | null;
            budget: {
                [key: string]: unknown;
            } | null;
            /** @description Free-form messages that cost nothing this month. */
            free_service_left: number;
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "checks": [
         *         {
         *           "name": "token",
         *           "state": "ok",
         *           "text": "The token is valid and never expires.",
         *           "code": "lasting",
         *           "values": {},
         *           "field": "access_token"
         *         },
         *         {
         *           "name": "permissions",
         *           "state": "fail",
         *           "text": "It lacks whatsapp_business_management for account 102290129340398.",
         *           "code": "lacking",
         *           "values": {
         *             "account": "102290129340398",
         *             "permissions": "whatsapp_business_management"
         *           },
         *           "field": "access_token"
         *         }
         *       ]
         *     }
         */
        SenderChecks: {
            checks: ({
                /**
                 * @description What was looked at; more may come.
                 * @enum {string}
                 */
                name: "link" | "state" | "token" | "permissions" | "number" | "account" | "health" | "subscription" | "webhooks" | "clock";
                /** @enum {string} */
                state: "ok" | "warn" | "fail";
                /** @description What was found, in words, and what cures it. */
                text: string;
                /** @description What was found, of this name, for words of your own; null where only the text tells. */
                code: string | null;
                /** @description What the text names. Instants in ISO 8601. */
                values: {
                    [key: string]: string | number;
                };
                /** @description The member of a link that is at fault, or that it is about. */
                field: ("access_token" | "phone_number_id" | "waba_id" | "portfolio_id") | null;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "throughput_mps": 250,
         *       "default_when_closed": "fail"
         *     }
         */
        SenderPatch: {
            /** @description Encrypted at rest and never returned. */
            access_token?: string;
            display_phone_number?: string;
            verified_name?: string;
            /** @description Messages per second; 80 unless Meta upgraded the number. Default: 80. */
            throughput_mps?: number;
            /** @description Distinct users per rolling 24 h outside the window, for the whole portfolio; null: unlimited. */
            messaging_limit?: number | null;
            /** @description Default: "hold". */
            default_when_closed?: ("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            };
            /** @description In place of the account's; null: the account's. */
            currency?: string | null;
            /** @description In place of the account's; null: the account's. */
            time_zone?: string | null;
            budget?: components["schemas"]["BudgetInput"] | null;
        };
        /**
         * @example {
         *       "phone_number_id": "106540352242922",
         *       "waba_id": "102290129340398",
         *       "access_token": "EAAG-the-token-of-a-system-user",
         *       "throughput_mps": 80
         *     }
         */
        SenderRequest: {
            phone_number_id: string;
            waba_id: string;
            portfolio_id?: string;
            /** @description Encrypted at rest and never returned. */
            access_token: string;
            display_phone_number?: string;
            verified_name?: string;
            /** @description Messages per second; 80 unless Meta upgraded the number. Default: 80. */
            throughput_mps?: number;
            /** @description Distinct users per rolling 24 h outside the window, for the whole portfolio; null: unlimited. */
            messaging_limit?: number | null;
            /** @description Default: "hold". */
            default_when_closed?: ("fail" | "hold") | {
                downgrade: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                follow_up: {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                } | {
                    name: string;
                    language: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                    /** @description Quick-reply labels or payloads that cancel what was held. */
                    decline?: string[];
                }[];
                /** @enum {string} */
                release?: "all" | "latest";
            } | {
                when_free: {
                    downgrade: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                } | {
                    follow_up: {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    } | {
                        name: string;
                        language: string;
                        /** @description Body values: an object for named variables, an array for positional ones. */
                        parameters?: {
                            [key: string]: string | number;
                        } | (string | number)[];
                        /** @description The Cloud API's template.components. */
                        components?: unknown[];
                        /** @description Quick-reply labels or payloads that cancel what was held. */
                        decline?: string[];
                    }[];
                    /** @enum {string} */
                    release?: "all" | "latest";
                };
                /** @enum {string} */
                otherwise: "hold" | "fail";
                /** @enum {string} */
                release?: "all" | "latest";
            };
        };
        Session: {
            id: string;
            address: string | null;
            user_agent: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Right to a minute.
             */
            last_seen_at: string;
            /** Format: date-time */
            expires_at: string;
            current: boolean;
        } & {
            [key: string]: unknown;
        };
        Setup: {
            /** @description For Meta; null where nobody can tell it. */
            webhook_url: string | null;
            /** @description For admins of `default` only. */
            verify_token: string | null;
            number_linked: boolean;
            /** @description When a webhook came last. */
            webhook_seen_at: string | null;
            missing: ("number" | "public_url" | "verify_token" | "app_secret" | "webhook")[];
            /** @description Whether the built-in sandbox is the Graph API. */
            sandbox: boolean;
        } & {
            [key: string]: unknown;
        };
        SignedIn: {
            user: {
                id: string;
                email: string;
                name: string;
            } & {
                [key: string]: unknown;
            };
            workspace: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            /** @description To be sent as x-csrf-token with everything that changes something. */
            csrf_token: string;
            /** Format: date-time */
            expires_at: string;
            has_password: boolean;
            has_totp: boolean;
        } & {
            [key: string]: unknown;
        };
        StartedJob: {
            /** Format: uuid */
            job: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Meta's own members, and ours. */
        Template: {
            id: string;
            waba_id: string;
            name: string;
            language: string;
            category: string;
            components?: {
                [key: string]: unknown;
            }[];
            /** @description As messages find it: also what a refusal of Meta proved. */
            status: string;
            /** @description What Meta says itself, by its listing and webhooks. */
            meta_status?: string;
            quality: string | null;
            hidden: boolean;
            /** @description Meta changed its category, and what would use it waits until `unpause`. */
            held_for_category?: boolean;
            /**
             * Format: date-time
             * @description UTC.
             */
            synced_at: string;
            category_change: ({
                at: string | null;
                to: string;
            } & {
                [key: string]: unknown;
            }) | null;
        } & {
            [key: string]: unknown;
        };
        TemplateInFull: {
            id: string;
            waba_id: string;
            name: string;
            language: string;
            category: string;
            components?: {
                [key: string]: unknown;
            }[];
            /** @description As messages find it: also what a refusal of Meta proved. */
            status: string;
            /** @description What Meta says itself, by its listing and webhooks. */
            meta_status?: string;
            quality: string | null;
            hidden: boolean;
            /** @description Meta changed its category, and what would use it waits until `unpause`. */
            held_for_category?: boolean;
            /**
             * Format: date-time
             * @description UTC.
             */
            synced_at: string;
            category_change: ({
                at: string | null;
                to: string;
            } & {
                [key: string]: unknown;
            }) | null;
            preview: components["schemas"]["TemplatePreview"];
            quality_history: ({
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
                score: string | null;
            } & {
                [key: string]: unknown;
            })[];
            used_by: {
                /** @description Messages that wait for it. */
                waiting: number;
                /** @description Campaigns that are not over and name it. */
                campaigns: ({
                    id: string;
                    name: string;
                    state: string;
                } & {
                    [key: string]: unknown;
                })[];
                /** @description Flows whose newest version names it, perhaps in the language of each person. */
                flows: ({
                    name: string;
                    state: string;
                    version: number;
                } & {
                    [key: string]: unknown;
                })[];
            } & {
                [key: string]: unknown;
            };
            /** @description Its messages of the last 30 days. `sent`: accepted and not failed; `delivered` contains `read`. `stopped`: people whose newest template in a week it was when they opted out of marketing. */
            last_30_days: {
                sent: number;
                delivered: number;
                read: number;
                failed: number;
                stopped: number;
            } & {
                [key: string]: unknown;
            };
            /** @description The oldest first. */
            history: ({
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                at: string;
                /** @description The field that changed, or what was asked for: `create`, `edit` … */
                what: string | null;
                /** @description null: Meta told it. */
                by: ({
                    kind: string;
                    id: string;
                    name: string;
                } & {
                    [key: string]: unknown;
                }) | null;
                text: string;
                field: string;
                was: string | null;
                now: string | null;
                detail: unknown;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        /** @description What the customer reads; a variable without a value stays visible. */
        TemplatePreview: {
            /** @description A text, or the kind of file in brackets: `[image]`. */
            header: string | null;
            body: string;
            buttons: ({
                type: string;
                text: string;
                /** @description As it will be, with its suffix. */
                url?: string;
            } & {
                [key: string]: unknown;
            })[];
            footer: string | null;
            cards?: ({
                /** @description A text, or the kind of file in brackets: `[image]`. */
                header: string | null;
                body: string;
                buttons: ({
                    type: string;
                    text: string;
                    /** @description As it will be, with its suffix. */
                    url?: string;
                } & {
                    [key: string]: unknown;
                })[];
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        User: {
            id: string;
            email: string;
            name: string;
            memberships: ({
                workspace: string;
                /** @enum {string} */
                role: "viewer" | "operator" | "admin";
            } & {
                [key: string]: unknown;
            })[];
            disabled: boolean;
            has_password: boolean;
            has_totp: boolean;
            /** Format: date-time */
            created_at: string;
            last_seen_at: string | null;
        } & {
            [key: string]: unknown;
        };
        WebhookDelivery: {
            id: string;
            /**
             * @description `failed` is tried again at `next_at`.
             * @enum {string}
             */
            state: "pending" | "delivered" | "failed";
            /** Format: date-time */
            created_at: string;
            next_at: string | null;
            attempts: ({
                /** Format: date-time */
                at: string;
                status: number | null;
                error: string | null;
                ms: number;
            } & {
                [key: string]: unknown;
            })[];
            type: string;
            numbers: string[];
        } & {
            [key: string]: unknown;
        };
        WebhookEndpoint: {
            id: string;
            url: string;
            /** @enum {string} */
            kind: "meta" | "events";
            senders: string[] | null;
            events: string[] | null;
            /** @enum {string} */
            ids: "casement" | "meta";
            /** @enum {string} */
            state: "active" | "paused" | "gone";
            /** @description The verify handshake; null where none was tried. */
            verified: boolean | null;
            reason: ({
                code: string;
                text: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** Format: date-time */
            created_at: string;
            created_by: {
                kind: string;
                id: string | null;
                name: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        WebhookEvent: {
            id: string;
            /** @enum {string} */
            state: "pending" | "applied" | "failed";
            /**
             * Format: date-time
             * @description UTC.
             */
            received_at: string;
        } & {
            [key: string]: unknown;
        };
        Workspace: {
            id: string;
            name: string;
            /** Format: date-time */
            created_at: string;
            stop_words: {
                [key: string]: string[];
            };
            start_words: {
                [key: string]: string[];
            };
            stop_buttons: string[];
            stop_reply: {
                [key: string]: string;
            } | null;
            /**
             * @description `hold`: what would use a template waits once Meta has given it another category, until `POST /v1/templates/{id}/unpause`.
             * @enum {string}
             */
            on_category_change: "go_on" | "hold";
            require_totp: boolean;
            budget: components["schemas"]["Budget"] | null;
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
        };
    };
    readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Database and lanes answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ready";
                    };
                };
            };
            /** @description One sentence for each that does not. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "not_ready";
                        reasons: string[];
                    };
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Prometheus text format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Error. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    verifyWebhook: {
        parameters: {
            query?: {
                "hub.mode"?: unknown;
                "hub.verify_token"?: unknown;
                "hub.challenge"?: unknown;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The challenge. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    receiveWebhook: {
        parameters: {
            query?: never;
            header: {
                /** @example sha256=… */
                "x-hub-signature-256": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    object: string;
                    entry: unknown[];
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ana@example.com",
                 *       "password": "a long password of hers",
                 *       "totp": "123456"
                 *     }
                 */
                "application/json": {
                    link: string;
                } | {
                    /** @example ana@example.com */
                    email: string;
                    password: string;
                    totp?: string;
                };
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Error. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Over. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWorkspaces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: ({
                            id: string;
                            name: string;
                            /** Format: date-time */
                            created_at: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example default */
                    id?: string;
                    name: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** Format: date-time */
                        created_at: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example default */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspace. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example default */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    stop_words?: {
                        [key: string]: string[];
                    } | null;
                    start_words?: {
                        [key: string]: string[];
                    } | null;
                    stop_buttons?: string[] | null;
                    stop_reply?: {
                        [key: string]: string;
                    } | null;
                    /**
                     * @description `hold`: what would use a template waits once Meta has given it another category, until `POST /v1/templates/{id}/unpause`.
                     * @enum {string}
                     */
                    on_category_change?: "go_on" | "hold";
                    /** @description Admins who sign in need a second factor; who has none can do nothing but set one up. */
                    require_totp?: boolean;
                    budget?: components["schemas"]["BudgetInput"] | null;
                };
            };
        };
        responses: {
            /** @description The workspace. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    makeSigningSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example default */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Made. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description `whsec_` and base64. */
                        secret: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /**
                 * @description Another than the own one needs the scope `system`.
                 * @example default
                 */
                workspace?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiKey"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "shop",
                 *       "scopes": [
                 *         "send"
                 *       ]
                 *     }
                 */
                "application/json": {
                    name: string;
                    scopes: ("read" | "send" | "templates" | "campaigns" | "admin" | "system")[];
                    /** @description The key sees and uses these numbers only; without, all of the workspace. */
                    senders?: string[] | null;
                    expires_at?: string | null;
                    allow_query?: boolean;
                    /**
                     * @description Another than the own one needs the scope `system`.
                     * @example default
                     */
                    workspace?: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: {
                /**
                 * @description Another than the own one needs the scope `system`.
                 * @example default
                 */
                workspace?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    confirmSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                } | {
                    totp: string;
                };
            };
        };
        responses: {
            /** @description Confirmed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Error. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Over. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    setPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description 12 to 256 characters. */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Set. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    setTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    totp: string;
                };
            };
        };
        responses: {
            /** @description It counts. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    beginTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description For the authenticator, shown once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewTotp"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    removeTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description Another than the own one needs the scope `system`.
                 * @example default
                 */
                workspace?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["User"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    inviteUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ana@example.com",
                 *       "name": "Ana Example",
                 *       "role": "operator"
                 *     }
                 */
                "application/json": {
                    /** @example ana@example.com */
                    email: string;
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "operator" | "admin";
                    /**
                     * @description Another than the own one needs the scope `system`.
                     * @example default
                     */
                    workspace?: string;
                };
            };
        };
        responses: {
            /** @description Invited. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitedUser"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    removeUser: {
        parameters: {
            query?: {
                /**
                 * @description Another than the own one needs the scope `system`.
                 * @example default
                 */
                workspace?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateUser: {
        parameters: {
            query?: {
                /**
                 * @description Another than the own one needs the scope `system`.
                 * @example default
                 */
                workspace?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /** @enum {string} */
                    role?: "viewer" | "operator" | "admin";
                    disabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description An actor's id. */
                who?: string;
                action?: string;
                /** @example sender:106540352242922 */
                object?: string;
                since?: string;
                until?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditEvent"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listIntents: {
        parameters: {
            query?: {
                state?: "scheduled" | "queued" | "dispatching" | "held" | "in_doubt" | "sent" | "failed" | "expired" | "cancelled" | "suppressed";
                /** @description The code of the reason that is shown. */
                reason?: string;
                sender?: string;
                /** @description The digits of the wa_id, or a BSUID. */
                to?: string;
                /** @description Of one of its messages. */
                wamid?: string;
                /** @description Asked for by this flow. */
                flow?: string;
                /** @description Asked for by this run of a flow. */
                flow_run?: string;
                /** @description For a recipient of this campaign. */
                campaign?: string;
                /** @description An exact id, wamid, idempotency key or number. */
                q?: string;
                /** @description Created at or after this instant. */
                since?: string;
                /** @description Created before this instant. */
                until?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["IntentSummary"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    enqueueIntent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IntentRequest"];
            };
        };
        responses: {
            /** @description The idempotency key came with the same request before: the intent of then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnqueuedIntent"];
                };
            };
            /** @description Enqueued. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnqueuedIntent"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    enqueueIntents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    intents: components["schemas"]["IntentRequest"][];
                };
            };
        };
        responses: {
            /** @description One result for each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: (components["schemas"]["EnqueuedIntent"] | components["schemas"]["Error"])[];
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    forecastIntent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IntentRequest"];
            };
        };
        responses: {
            /** @description The forecast. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Forecast"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getIntent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The intent id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The intent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Intent"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    changeIntent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The intent id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IntentPatch"];
            };
        };
        responses: {
            /** @description The intent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Intent"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelIntent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The intent id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The intent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Intent"];
                };
            };
            /** @description The intent. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Intent"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayIntent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The intent id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The intent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Intent"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    settleIntent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The intent id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    outcome: "sent";
                    wamid?: string;
                } | {
                    /** @enum {string} */
                    outcome: "not_sent";
                };
            };
        };
        responses: {
            /** @description The intent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Intent"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    bulkIntents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkRequest"];
            };
        };
        responses: {
            /** @description What it would find. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkCount"];
                };
            };
            /** @description Begun; see `GET /v1/jobs/{id}`. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkStarted"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    countIntents: {
        parameters: {
            query?: {
                /** @description The code of the reason that is shown. */
                reason?: string;
                sender?: string;
                /** @description The digits of the wa_id, or a BSUID. */
                to?: string;
                /** @description Of one of its messages. */
                wamid?: string;
                /** @description Asked for by this flow. */
                flow?: string;
                /** @description Asked for by this run of a flow. */
                flow_run?: string;
                /** @description For a recipient of this campaign. */
                campaign?: string;
                /** @description An exact id, wamid, idempotency key or number. */
                q?: string;
                /** @description Created at or after this instant. */
                since?: string;
                /** @description Created before this instant. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IntentCounts"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listCampaigns: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
                /** @description Exactly as they are called. */
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Campaign"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The campaign. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignPatch"];
            };
        };
        responses: {
            /** @description The campaign. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getEstimate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it will come to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Estimate"];
                };
            };
            /** @description It is counted; ask again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComputingEstimate"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    startCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignStart"] | null;
            };
        };
        responses: {
            /** @description It runs, or waits for its time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignStarted"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pauseCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignCommanded"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resumeCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignCommanded"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignCommanded"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCampaignRecipientsCsv: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCampaignRecipientsNdjson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCampaignFailures: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Most first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignFailures"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    retryCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignRetry"];
            };
        };
        responses: {
            /** @description The child. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The flow. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deployFlow: {
        parameters: {
            query?: {
                /** @description What becomes of live runs. Default: as the document says, else they finish on the version that they began with. */
                on_edit?: "finish" | "migrate" | "end";
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowDocument"];
            };
        };
        responses: {
            /** @description The version that new runs take. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowDeployed"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listFlows: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FlowSummary"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pauseFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The flow. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowSummary"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resumeFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The flow. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowSummary"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listFlowRuns: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
                state?: "waiting" | "paused" | "ended";
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FlowRunSummary"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    startFlowRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowStart"];
            };
        };
        responses: {
            /** @description Started. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowStarted"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getFlowRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRun"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    stopFlowRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRun"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pauseFlowRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRun"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resumeFlowRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRun"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    tellFlowEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowEvent"];
            };
        };
        responses: {
            /** @description How many runs it moved, ended or began. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowEventMatched"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listAudience: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its lists. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudienceUploads"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    importAudience: {
        parameters: {
            query?: {
                /**
                 * @description Of numbers without a country code; default: the campaign's.
                 * @example BR
                 */
                default_country?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string | ({
                    /** @description The number, or a BSUID. */
                    to: string;
                } & {
                    [key: string]: unknown;
                })[] | components["schemas"]["AudienceSource"];
                "application/json": string | ({
                    /** @description The number, or a BSUID. */
                    to: string;
                } & {
                    [key: string]: unknown;
                })[] | components["schemas"]["AudienceSource"];
                "application/x-ndjson": string | ({
                    /** @description The number, or a BSUID. */
                    to: string;
                } & {
                    [key: string]: unknown;
                })[] | components["schemas"]["AudienceSource"];
            };
        };
        responses: {
            /** @description What came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedAudience"];
                };
            };
            /** @description A long one is being copied: see `GET …/audience` for when it is there. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CopyingAudience"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Error. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getAudienceErrors: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    checkFlow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is wrong with it, and what it may come to; empty when nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowCheck"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    simulateFlow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowSimulationRequest"];
            };
        };
        responses: {
            /** @description What would happen. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowSimulation"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getFlowSchema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Draft 2020-12. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listConversations: {
        parameters: {
            query?: {
                sender?: string;
                /** @description Only conversations whose customer service window is open, or closed. */
                open?: "true" | "false";
                /** @description closing: open, and not for two hours more. never: the contact never wrote. */
                window?: "open" | "closing" | "ended" | "never";
                /** @description possible: an answer would open it. open: it is open now. */
                free_entry_point?: "possible" | "open";
                /** @description Only conversations in which something is held or scheduled. */
                waiting?: "true";
                /** @description Only conversations in which something came in since somebody of the team read them. */
                unread?: "true";
                /** @description Only conversations that were handed over to a team and not taken since. */
                handed_over?: "true";
                /** @description Part of a name, username or number. */
                q?: string;
                /** @description activity (default): who wrote last first. closing: open windows first, the one that closes soonest before all others. */
                sort?: "activity" | "closing";
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ConversationSummary"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    countConversations: {
        parameters: {
            query?: {
                sender?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationCounts"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getConversation: {
        parameters: {
            query?: {
                /** @description Where nothing was exchanged: refuse (default) is 404, empty is 204, which is no failure to who wants to write first. */
                unknown?: "refuse" | "empty";
            };
            header?: never;
            path: {
                sender: string;
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The conversation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description With `unknown=empty`: nothing was exchanged. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                sender: string;
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Message"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getMessageMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sender: string;
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
                message: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description A part of it. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sender: string;
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Whether the customer is shown it too. Default: false. */
                    receipt?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    takeConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sender: string;
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    uploadMedia: {
        parameters: {
            query: {
                sender: string;
                /** @description What the customer sees of a document; default: one made of its type. */
                filename?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Medium"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Error. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description Some of conversation, message, intent, campaign, sender, template, flow, with commas between them; default: all. */
                types?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream of events; `data` of each is one of these. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveEvent"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listContacts: {
        parameters: {
            query?: {
                /** @description Part of a name, username, number or BSUID. */
                q?: string;
                /** @description As it was set, such as pt_BR. */
                language?: string;
                marketing?: "in" | "out" | "unknown";
                /** @description Any attribute, by its name behind `attribute.`; several of them all have to fit. */
                "attribute.segment"?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Contact"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contact. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    putContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string | null;
                    language?: string | null;
                    time_zone?: string | null;
                    /**
                     * @description A flat object, at most 4 KiB of JSON in all; null removes one.
                     * @example {
                     *       "segment": "b2b",
                     *       "visits": 3
                     *     }
                     */
                    attributes?: {
                        [key: string]: (string | number | boolean) | null;
                    };
                };
            };
        };
        responses: {
            /** @description The contact. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description A new contact. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    eraseContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A job does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedJob"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string | null;
                    language?: string | null;
                    time_zone?: string | null;
                    /**
                     * @description A flat object, at most 4 KiB of JSON in all; null removes one.
                     * @example {
                     *       "segment": "b2b",
                     *       "visits": 3
                     *     }
                     */
                    attributes?: {
                        [key: string]: (string | number | boolean) | null;
                    };
                    /** @description null: they can be reached again. */
                    unreachable?: null;
                };
            };
        };
        responses: {
            /** @description The contact. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    exportContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The person. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactExport"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    recordConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The digits of the wa_id, or a BSUID. */
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "category": "marketing",
                 *       "state": "in",
                 *       "evidence": {
                 *         "form": "checkout",
                 *         "at": "2026-11-20T10:00:00Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    category: "marketing" | "utility";
                    /** @enum {string} */
                    state: "in" | "out";
                    /** @description How you know: any JSON up to 16 KiB, kept as it is. */
                    evidence?: unknown;
                };
            };
        };
        responses: {
            /** @description The contact. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listJobItems: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["IntentSummary"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSenders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Sender"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    linkSender: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SenderRequest"];
            };
        };
        responses: {
            /** @description Known already, and updated. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sender"];
                };
            };
            /** @description Linked. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sender"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    checkSender: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of a linked number. */
                    id: string;
                } | components["schemas"]["SenderRequest"];
            };
        };
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SenderChecks"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSender: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's phone_number_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sender. Its token is never part of an answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sender"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    unlinkSender: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's phone_number_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Unlinked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateSender: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's phone_number_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SenderPatch"];
            };
        };
        responses: {
            /** @description The sender. Its token is never part of an answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sender"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pauseSender: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's phone_number_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sender. Its token is never part of an answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sender"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resumeSender: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's phone_number_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sender. Its token is never part of an answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sender"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    subscribeSender: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's phone_number_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sender. Its token is never part of an answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sender"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listTemplates: {
        parameters: {
            query?: {
                waba_id?: string;
                name?: string;
                status?: "APPROVED" | "ARCHIVED" | "DELETED" | "DISABLED" | "FLAGGED" | "IN_APPEAL" | "LIMIT_EXCEEDED" | "LOCKED" | "PAUSED" | "PENDING" | "PENDING_DELETION" | "REINSTATED" | "REJECTED" | "UNARCHIVED";
                /** @description `true`: also those that were hidden. */
                hidden?: "true" | "false";
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Template"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "waba_id": "102290129340398",
                 *       "name": "keep_helping",
                 *       "language": "en",
                 *       "category": "UTILITY",
                 *       "components": [
                 *         {
                 *           "type": "BODY",
                 *           "text": "Shall we go on?"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    waba_id: string;
                    name?: string;
                    language?: string;
                    category?: string;
                    components?: unknown;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Created; Meta reviews it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInFull"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    syncTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    waba_id: string;
                };
            };
        };
        responses: {
            /** @description How many Meta listed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        synced: number;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    lintTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    language?: string;
                    category?: string;
                    components?: unknown;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description What Meta would refuse, and what it may object to; empty when nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        problems: ({
                            path: string;
                            /** @description In English; it continues what the path begins. */
                            message: string;
                            /** @description What is said, for pages in other languages: no_document, no_components, too_many_components, component_kind_missing, component_twice, no_body, name_form, language_form, language_unknown, not_one_of, not_boolean, seconds_of_category, seconds_of_marketing, minutes_range, missing, too_long, line_break, emoji_in, formatting_in, line_breaks_in_row, too_many_emoji, variable_sign, braces, no_variables, too_many_variables, variable_names, variable_numbers, only_variables, variable_first, punctuation_first, variable_last, variable_last_but, variables_adjacent, too_few_words, examples_missing, example_missing, examples_too_few, reads_like_ad, text_link_http, text_link_none, text_link_shortened, gif_category, gif_elsewhere, sample_missing, sample_is_medium, sample_is_address, buttons_count, buttons_no_list, button_kind_missing, buttons_of_kind, buttons_mixed, label_variables, label_line_breaks, label_emoji, label_formatting, label_fixed, code_missing, link_none, link_http, link_shortened, link_variables, link_variable_end, link_example_missing, link_example_part, phone, phone_up_to, flow_none, flow_several, screen, otp_no_part, otp_no_other_button, otp_buttons, otp_body, otp_footer, otp_elsewhere, zero_tap_terms, apps_count, apps_no_list, package_name, hash_encoded, hash_form, cards_count, cards_no_list, card_differs, product_cards, card_part, card_no_header, card_no_buttons, card_header, card_product_button, kind_of_category, not_beside, offer_text, offer_header, offer_buttons, products_header, product_button, button_twice, library_name, library_category, library_components, library_inputs. More may come. */
                            code: string;
                            /** @description What is filled in, by name. */
                            values: {
                                [key: string]: string | number;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                        warnings: ({
                            path: string;
                            /** @description In English; it continues what the path begins. */
                            message: string;
                            /** @description What is said, for pages in other languages: no_document, no_components, too_many_components, component_kind_missing, component_twice, no_body, name_form, language_form, language_unknown, not_one_of, not_boolean, seconds_of_category, seconds_of_marketing, minutes_range, missing, too_long, line_break, emoji_in, formatting_in, line_breaks_in_row, too_many_emoji, variable_sign, braces, no_variables, too_many_variables, variable_names, variable_numbers, only_variables, variable_first, punctuation_first, variable_last, variable_last_but, variables_adjacent, too_few_words, examples_missing, example_missing, examples_too_few, reads_like_ad, text_link_http, text_link_none, text_link_shortened, gif_category, gif_elsewhere, sample_missing, sample_is_medium, sample_is_address, buttons_count, buttons_no_list, button_kind_missing, buttons_of_kind, buttons_mixed, label_variables, label_line_breaks, label_emoji, label_formatting, label_fixed, code_missing, link_none, link_http, link_shortened, link_variables, link_variable_end, link_example_missing, link_example_part, phone, phone_up_to, flow_none, flow_several, screen, otp_no_part, otp_no_other_button, otp_buttons, otp_body, otp_footer, otp_elsewhere, zero_tap_terms, apps_count, apps_no_list, package_name, hash_encoded, hash_form, cards_count, cards_no_list, card_differs, product_cards, card_part, card_no_header, card_no_buttons, card_header, card_product_button, kind_of_category, not_beside, offer_text, offer_header, offer_buttons, products_header, product_button, button_twice, library_name, library_category, library_components, library_inputs. More may come. */
                            code: string;
                            /** @description What is filled in, by name. */
                            values: {
                                [key: string]: string | number;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    previewTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "keep_helping",
                 *       "language": "en",
                 *       "parameters": {
                 *         "user": "Ana"
                 *       }
                 *     }
                 */
                "application/json": {
                    document?: {
                        name?: string;
                        language?: string;
                        category?: string;
                        components?: unknown;
                    } & {
                        [key: string]: unknown;
                    };
                    name?: string;
                    language?: string;
                    waba_id?: string;
                    /** @description Body values: an object for named variables, an array for positional ones. */
                    parameters?: {
                        [key: string]: string | number;
                    } | (string | number)[];
                    /** @description The Cloud API's template.components. */
                    components?: unknown[];
                };
            };
        };
        responses: {
            /** @description As a phone shows it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplatePreview"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listTemplateLibrary: {
        parameters: {
            query?: {
                /** @description Words in a name or a text. */
                search?: string;
                language?: string;
                topic?: string;
                usecase?: string;
                industry?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LibraryTemplate"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's template id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The template. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInFull"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's template id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    editTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's template id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "components": [
                 *         {
                 *           "type": "BODY",
                 *           "text": "Shall we go on?"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description All of them: Meta replaces the whole list. */
                    components?: unknown;
                    /** @description As it is: a category is never edited. */
                    category?: string;
                    message_send_ttl_seconds?: number;
                };
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInFull"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    unpauseTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's template id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInFull"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    archiveTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's template id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInFull"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    unarchiveTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's template id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInFull"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    hideTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's template id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInFull"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    unhideTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Meta's template id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInFull"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    uploadTemplateSample: {
        parameters: {
            query: {
                waba_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What a creation names it by. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        handle: string;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Error. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Meta refused or did not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWebhookEvents: {
        parameters: {
            query?: {
                state?: "pending" | "applied" | "failed";
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookEvent"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayWebhookEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEvent"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listEndpoints: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookEndpoint"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://shop.example/casement",
                 *       "kind": "events",
                 *       "events": [
                 *         "intent.*"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** Format: uri */
                    url: string;
                    /** @enum {string} */
                    kind: "meta" | "events";
                    /** @description Only what is of these numbers; without, of all of the workspace. */
                    senders?: string[] | null;
                    /** @description For `meta`, Meta's field names; for `events`, names or `prefix.*`. Without, all but `conversation.closing` and `conversation.ended`, which go only where they are named in full. */
                    events?: string[] | null;
                    /**
                     * @description For `meta`: whether messages that came through the drop-in carry the id that their client was given (`casement`, the default) or Meta's.
                     * @enum {string}
                     */
                    ids?: "casement" | "meta";
                    /** @description For `meta` the key of `X-Hub-Signature-256`; for `events` `whsec_` and base64, as Standard Webhooks has it. Without, one is made. */
                    secret?: string;
                    /** @description For `meta`: what Meta's verification of a callback is tried with. */
                    verify_token?: string | null;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookEndpoint"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uri */
                    url?: string;
                    /** @description Only what is of these numbers; without, of all of the workspace. */
                    senders?: string[] | null;
                    /** @description For `meta`, Meta's field names; for `events`, names or `prefix.*`. Without, all but `conversation.closing` and `conversation.ended`, which go only where they are named in full. */
                    events?: string[] | null;
                    /**
                     * @description For `meta`: whether messages that came through the drop-in carry the id that their client was given (`casement`, the default) or Meta's.
                     * @enum {string}
                     */
                    ids?: "casement" | "meta";
                    /** @description For `meta` the key of `X-Hub-Signature-256`; for `events` `whsec_` and base64, as Standard Webhooks has it. Without, one is made. */
                    secret?: string;
                    /** @description For `meta`: what Meta's verification of a callback is tried with. */
                    verify_token?: string | null;
                };
            };
        };
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pauseEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resumeEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    testEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        delivered: boolean;
                        status: number | null;
                        ms: number;
                        error: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                state?: "pending" | "delivered" | "failed";
                /** @description next_cursor of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookDelivery"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayDeliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    from: string;
                    /** Format: date-time */
                    to: string;
                };
            };
        };
        responses: {
            /** @description A job. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        job: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new delivery. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    skipDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unknown. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listRateCards: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["RateCard"][];
                        next_cursor: string | null;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    importRateCard: {
        parameters: {
            query: {
                /**
                 * @description The first day on which the prices count, in the zone of the account.
                 * @example 2026-10-01
                 */
                valid_from: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One of Meta's own files, as it is: rates or volume tiers of one currency. */
        requestBody: {
            content: {
                /**
                 * @example Market,Currency,Marketing,Utility,Authentication
                 *     Brazil,$US,0.0625,0.0068,0.0068
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description Imported. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateCard"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflicts with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A document with problems, all of them listed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readCosts: {
        parameters: {
            query?: {
                /**
                 * @description The first day. Default: the first of this month.
                 * @example 2026-10-01
                 */
                from?: string;
                /**
                 * @description The last day, included. Default: today.
                 * @example 2026-10-01
                 */
                to?: string;
                by?: "day" | "sender" | "category" | "market";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Costs"];
                };
            };
            /** @description Malformed or invalid; `field` says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or no valid one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key's scope does not cover this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A dependency is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cloudApiSend: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description JSON with any of when_closed, send_at, expires_at, cancel_on, priority, idempotency_key.
                 * @example {"when_closed":"fail"}
                 */
                "x-casement-options"?: string;
            };
            path: {
                phone_number_id: string;
                /** @example v25.0 */
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CloudApiRequest"];
            };
        };
        responses: {
            /** @description Enqueued; the id is the intent id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiAnswer"];
                };
            };
            /** @description Code 100; with error_subcode 33 for an unknown number. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 190. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 132001: no such template. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 100: the idempotency key came with another request. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
        };
    };
    cloudApiReadNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Meta's answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Code 100. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 190. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
        };
    };
    cloudApiEditTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Meta's answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Code 100. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 190. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
        };
    };
    cloudApiDeleteMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Meta's answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Code 100. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 190. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
        };
    };
    cloudApiListTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Meta's answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Code 100. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 190. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
        };
    };
    cloudApiCreateTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Meta's answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Code 100. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 190. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
        };
    };
    cloudApiUploadMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Meta's answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Code 100. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 190. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
        };
    };
    cloudApiDownloadMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Meta's answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Code 100. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
            /** @description Code 190. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudApiError"];
                };
            };
        };
    };
    told_intent_scheduled: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "intent.scheduled";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["IntentSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_intent_held: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "intent.held";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["IntentSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_intent_sent: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "intent.sent";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["IntentSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_intent_in_doubt: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "intent.in_doubt";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["IntentSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_intent_failed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "intent.failed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["IntentSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_intent_expired: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "intent.expired";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["IntentSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_intent_cancelled: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "intent.cancelled";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["IntentSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_intent_suppressed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "intent.suppressed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["IntentSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_message_received: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "message.received";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["LiveMessage"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_message_delivered: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "message.delivered";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["LiveMessage"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_message_read: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "message.read";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["LiveMessage"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_message_failed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "message.failed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["LiveMessage"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_conversation_opened: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "conversation.opened";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["ConversationSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_conversation_entry_opened: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "conversation.entry_opened";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["ConversationSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_conversation_closing: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "conversation.closing";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["ConversationSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_conversation_ended: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "conversation.ended";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["ConversationSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_contact_opted_out: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "contact.opted_out";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Contact"] & {
                        /** @enum {unknown} */
                        category: "marketing" | "utility";
                        source: string;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_contact_opted_in: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "contact.opted_in";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Contact"] & {
                        /** @enum {unknown} */
                        category: "marketing" | "utility";
                        source: string;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_contact_merged: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "contact.merged";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Contact"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_budget_warned: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "budget.warned";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & {
                        /** @description Null: the workspace's. */
                        sender: string | null;
                        /** @description Such as 2026-11, in the zone of the account. */
                        month: string;
                        amount: string;
                        spent: string;
                        currency: string;
                    };
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_budget_spent: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "budget.spent";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & {
                        /** @description Null: the workspace's. */
                        sender: string | null;
                        /** @description Such as 2026-11, in the zone of the account. */
                        month: string;
                        amount: string;
                        spent: string;
                        currency: string;
                    };
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_template_created: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "template.created";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Template"] & {
                        was?: string | null;
                        now?: string | null;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_template_status: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "template.status";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Template"] & {
                        was?: string | null;
                        now?: string | null;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_template_category: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "template.category";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Template"] & {
                        was?: string | null;
                        now?: string | null;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_template_category_changed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "template.category_changed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Template"] & {
                        was?: string | null;
                        now?: string | null;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_template_quality: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "template.quality";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Template"] & {
                        was?: string | null;
                        now?: string | null;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_template_components: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "template.components";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Template"] & {
                        was?: string | null;
                        now?: string | null;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_template_category_announced: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "template.category_announced";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Template"] & {
                        was?: string | null;
                        now?: string | null;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_sender_linked: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "sender.linked";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Sender"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_sender_unlinked: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "sender.unlinked";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Sender"] | {
                        phone_number_id: string;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_sender_changed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "sender.changed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Sender"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_sender_paused: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "sender.paused";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Sender"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_sender_resumed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "sender.resumed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Sender"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_sender_restricted: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "sender.restricted";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Sender"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_campaign_created: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "campaign.created";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Campaign"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_campaign_scheduled: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "campaign.scheduled";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Campaign"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_campaign_started: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "campaign.started";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Campaign"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_campaign_paused: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "campaign.paused";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["Campaign"] & {
                        /** @description Why, also where it goes on by now. */
                        reason_code: string;
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_campaign_resumed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "campaign.resumed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Campaign"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_campaign_finished: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "campaign.finished";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Campaign"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_campaign_cancelled: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "campaign.cancelled";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["Campaign"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_flow_deployed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "flow.deployed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["FlowSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_flow_paused: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "flow.paused";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["FlowSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_flow_resumed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "flow.resumed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["FlowSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_flow_run_started: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "flow.run_started";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["FlowRunSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_flow_run_paused: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "flow.run_paused";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["FlowRunSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_flow_run_resumed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "flow.run_resumed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["FlowRunSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_flow_run_ended: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "flow.run_ended";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & components["schemas"]["FlowRunSummary"];
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_flow_handed_over: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in every try, at every endpoint and in replays. */
                "webhook-id": string;
                /** @description When this try was made; seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    type: "flow.handed_over";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    timestamp: string;
                    data: {
                        workspace: string;
                    } & (components["schemas"]["FlowRunSummary"] & {
                        team: string;
                        /** @description Not there where somebody has taken the conversation since. */
                        handed_over?: {
                            team?: string;
                            note?: string | null;
                            /** Format: date-time */
                            at?: string;
                        };
                    });
                };
            };
        };
        responses: {
            /** @description Nothing is to be sent there any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not taken: tried again, for three days. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
