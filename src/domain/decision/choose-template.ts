import type { Message, TemplateReference } from '../content.ts'
import type { Reason, ReasonCode } from '../intent.ts'
import { buildTemplateMessage, fillContactValues, templateStatusClass } from '../template.ts'
import type { DispatchFacts, TemplateFacts } from './facts.ts'
import { type Decision, failed, nameOf } from './verdict.ts'

/* Which template goes, and why none can. */

export type TemplateChoice =
  | { reference: TemplateReference; message: Message; category: string }
  | { decision: Decision }

/** The first alternate that can go now; else one that may become usable is waited for; else the first problem is the answer. */
export function chooseTemplate(alternates: TemplateReference[], facts: DispatchFacts): TemplateChoice {
  const problems: TemplateProblem[] = []
  for (const reference of alternates) {
    const template = facts.template(reference)
    const problem = problemOf(reference, template)
    if (problem) {
      problems.push(problem)
      continue
    }
    const filled = fillContactValues(reference, facts.contact.profile ?? null)
    if (!filled.ok) {
      problems.push({ waiting: false, decision: lacksValue(reference, filled.missing) })
      continue
    }
    const built = buildTemplateMessage(filled.value, (template as TemplateFacts).definition)
    if (built.ok) return { reference, message: built.message, category: (template as TemplateFacts).category }
    const text = `Template ${nameOf(reference)}: ${built.problem.text}`
    problems.push({ waiting: false, decision: failed({ code: 'template_parameters', text }) })
  }
  const answer = problems.find((problem) => problem.waiting) ?? problems[0]
  if (answer) return { decision: answer.decision }
  return { decision: failed({ code: 'template_unknown', text: 'The policy names no template.' }) }
}

/** A template that names a value which nothing is known of, and says not what goes instead. */
export function lacksValue(reference: Pick<TemplateReference, 'name' | 'language'>, missing: string): Decision {
  const text = `Template ${nameOf(reference)} wants ${missing} of the contact, of whom that is not known.`
  return failed({ code: 'template_parameters', text })
}

/** Why it waits; an appeal is of one that Meta has decided about, and looks at again. */
const WAITING_CODES: ReadonlyMap<string, ReasonCode> = new Map([
  ['PAUSED', 'template_paused'],
  ['IN_APPEAL', 'template_review'],
])

interface TemplateProblem {
  waiting: boolean
  decision: Decision
}

export function problemOf(reference: TemplateReference, template: TemplateFacts | null): TemplateProblem | null {
  const name = nameOf(reference)
  const waitingFor = (reason: Reason): TemplateProblem => ({
    waiting: true,
    decision: { kind: 'hold', heldFor: 'template', template: reference, reason },
  })
  if (template === null) {
    const text = `Meta knows no template ${name} for this account; create it or sync the templates.`
    return { waiting: false, decision: failed({ code: 'template_unknown', text }) }
  }
  switch (templateStatusClass(template.status)) {
    case 'usable': {
      if (template.portfolioReviewed) {
        const text =
          'Meta refuses the templates of this portfolio (132015), as while it reviews one; waiting for its end.'
        return waitingFor({ code: 'portfolio_review', text })
      }
      if (!template.heldForCategory) return null
      const text = `Meta made template ${name} ${template.category}; waiting for somebody to let it go on.`
      return waitingFor({ code: 'category_changed', text })
    }
    case 'waiting': {
      if (template.refusedThoughListed) {
        const text = `Meta refuses template ${name} (132015) and lists it as approved, as while it reviews a portfolio; one message at a time tries it.`
        return waitingFor({ code: 'portfolio_review', text })
      }
      const again = template.status === 'PENDING' && template.reviewedBefore
      const code = again ? 'template_review' : (WAITING_CODES.get(template.status) ?? 'template_pending')
      const text = again
        ? `Meta reviews template ${name} again; waiting for it to be approved.`
        : `Template ${name} is ${template.status} at Meta; waiting for it to be approved.`
      return waitingFor({ code, text })
    }
    case 'gone': {
      const text = `Template ${name} is ${template.status} at Meta and cannot be sent.`
      return { waiting: false, decision: failed({ code: 'template_disabled', text }) }
    }
  }
}
