/**
 * Whether the campaign of `i` lets its messages go, as SQL. A campaign that is paused stops what it has handed over by its own row alone, and
 * what it has handed over is no more than some seconds of messages. Few campaigns are gated at a time, and their ids are read once a statement.
 */
export const CAMPAIGN_LETS_GO = `(i.campaign_id is null or i.campaign_id <> all (array(select g.id from campaigns g where g.gated)))`

/** The same for a row that is read by itself: its campaign is paused. */
export const CAMPAIGN_IS_PAUSED = `(i.campaign_id is not null and exists (
  select from campaigns g where g.id = i.campaign_id and g.state = 'paused'))`
