-- What a tie is, in standard SQL: run as it stands by DuckDB and by Spark, one named step after the other.
--
-- Given: interactions (canonical columns and `dated`), aliases (alias, code, reason), settings (one row: since, until,
-- max_recipients, small_meeting, deep_messages, window_unit). From `windowed` on the steps can be run again with other
-- settings, without another look at the log. `code` is a person's position in the roster, null where
-- an alias is no person of a department (`reason` says what it is instead). Every step is a table of that name;
-- steps marked `table` are kept, those marked `view` are only names.

-- step: coded (table)
-- Persons become integers before any grouping; every row of the log is here, with the reason it makes no tie, if any.
select
    i.timestamp as moment,
    date_trunc('week', i.timestamp) as week,
    coalesce(i.medium, '') as medium,
    i.event,
    i.thread,
    coalesce(i.kind, '') as kind,
    case when i.recipients > 0 then i.recipients end as recipients,
    coalesce(i.weight, 1) as weight,
    a.code as sender,
    b.code as recipient,
    case when a.alias is null then i.sender_id end as unknown_sender,
    case when b.alias is null then i.recipient_id end as unknown_recipient,
    case
        when i.sender_id is null or i.recipient_id is null then 'no sender or recipient'
        when i.timestamp is null and i.dated then 'undated'
        when i.timestamp < s.since or i.timestamp >= s.until then 'outside the period'
        when i.kind = 'reaction' then 'reaction'
        when a.code = b.code or i.sender_id = i.recipient_id then 'self'
        when a.reason is not null then a.reason
        when b.reason is not null then b.reason
        when a.code is null or b.code is null then 'not in the roster'
    end as reason
from (
    select
        timestamp, medium, event, thread, kind, recipients, weight, dated,
        nullif(lower(trim(sender)), '') as sender_id, nullif(lower(trim(recipient)), '') as recipient_id
    from interactions
) i
cross join settings s
left join aliases a on i.sender_id = a.alias
left join aliases b on i.recipient_id = b.alias

-- step: deliveries (table)
-- The same event to the same person counts once. Rows that name strangers stay: they were reached too.
select
    medium, event, sender, recipient, unknown_sender, unknown_recipient,
    min(moment) as moment, min(week) as week, min(thread) as thread, max(kind) as kind,
    max(recipients) as recipients, max(weight) as weight, min(reason) as reason
from coded
where event is not null
    and (reason is null or reason not in ('no sender or recipient', 'undated', 'outside the period', 'reaction', 'self'))
group by medium, event, sender, recipient, unknown_sender, unknown_recipient
union all
select
    medium, event, sender, recipient, unknown_sender, unknown_recipient,
    moment, week, thread, kind, recipients, weight, reason
from coded
where event is null
    and (reason is null or reason not in ('no sender or recipient', 'undated', 'outside the period', 'reaction', 'self'))

-- step: reached (view)
-- How many an event reached, where the log does not say: the people it names beside its sender.
select medium, event, sender, unknown_sender, count(*) as people
from deliveries
where event is not null and recipients is null
group by medium, event, sender, unknown_sender

-- step: crowds (view)
-- A log without event ids hides its mass mails: many rows of one sender at one instant. Whole days are no instant.
select medium, sender, unknown_sender, moment, count(*) as people
from deliveries
where event is null and recipients is null and kind not in ('contact', 'meeting') and moment <> date_trunc('day', moment)
group by medium, sender, unknown_sender, moment
having count(*) > (select max_recipients from settings)

-- step: messages (table)
-- What may make ties: between two persons of the roster, with the number of people that the event reached.
select
    d.medium, d.event, d.thread, d.kind, d.moment, d.week, d.weight, d.sender, d.recipient,
    coalesce(d.recipients, r.people, c.people, 1) as people
from deliveries d
left join reached r
    on d.medium = r.medium and d.event = r.event and d.recipients is null
    and coalesce(d.sender, -1) = coalesce(r.sender, -1)
    and coalesce(d.unknown_sender, '') = coalesce(r.unknown_sender, '')
left join crowds c
    on d.event is null and d.medium = c.medium and d.sender = c.sender and d.moment = c.moment and d.recipients is null
where d.reason is null

-- step: windowed (view)
-- Of these, what the settings let in: no broadcasts, and the part of the period that is looked at.
select
    m.*,
    case when s.window_unit <> '' then date_trunc(s.window_unit, m.moment) end as period,
    case when m.sender < m.recipient then m.sender else m.recipient end as a,
    case when m.sender < m.recipient then m.recipient else m.sender end as b
from messages m
cross join settings s
where m.people <= s.max_recipients and (m.moment is null or (m.moment >= s.since and m.moment < s.until))

-- step: attendance (view)
-- Everybody in a meeting met everybody: organiser to attendee rows and all-pairs rows say the same.
select period, medium, event, week, person, max(people) as people
from (
    select period, medium, event, week, sender as person, people from windowed
    where kind = 'meeting' and event is not null
    union all
    select period, medium, event, week, recipient as person, people from windowed
    where kind = 'meeting' and event is not null
) both_ends
group by period, medium, event, week, person

-- step: encounters (table)
-- Pairs in one meeting or contact, a < b; `people` is the number present beside oneself.
select
    x.period, x.medium, x.week, x.person as a, y.person as b,
    case when x.people > y.people then x.people else y.people end as people, 1 as meeting, 1.0 as weight
from attendance x
join attendance y on x.medium = y.medium and x.event = y.event and x.person < y.person
    and coalesce(x.period = y.period, true) and coalesce(x.week = y.week, true)
union all
select period, medium, week, a, b, people, case when kind = 'meeting' then 1 else 0 end as meeting, weight
from windowed
where kind = 'contact' or (kind = 'meeting' and event is null)

-- step: threaded (view)
-- Media in which the log knows conversations; elsewhere the clause on deep conversations is waived.
select medium from messages where thread is not null group by medium

-- step: conversations (table)
-- What two persons said to each other in one thread; a message outside any thread is a conversation of its own.
select
    period, medium, conversation, a, b,
    count(*) as messages,
    min(case when sender = a then moment end) as first_of_a,
    min(case when sender = b then moment end) as first_of_b
from (
    select w.period, w.medium, coalesce(w.thread, w.event) as conversation, w.a, w.b, w.sender, w.moment
    from windowed w
    join threaded t on w.medium = t.medium
    where w.kind not in ('meeting', 'contact') and coalesce(w.thread, w.event) is not null
) spoken
group by period, medium, conversation, a, b

-- step: arcs (view)
-- Directed: who sent how much to whom. Sums are of decimals, so that no order of adding up changes them.
select
    period, sender, recipient, medium,
    sum(cast(weight as decimal(18, 9))) as messages,
    sum(cast(weight / people as decimal(18, 9))) as volume
from (
    select period, sender, recipient, medium, weight, people from windowed where kind not in ('meeting', 'contact')
    union all
    select period, a as sender, b as recipient, medium, weight / 2, people from encounters
    union all
    select period, b as sender, a as recipient, medium, weight / 2, people from encounters
) sent
group by period, sender, recipient, medium

-- step: dyads (view)
-- Undirected: in how many weeks, how many conversations, who started the deep ones, how many meetings.
select
    period, a, b,
    sum(weeks) as weeks,
    sum(one_way_a) as sent_a,
    sum(one_way_b) as sent_b,
    sum(conversations) as conversations,
    sum(deep_a) as deep_a,
    sum(deep_b) as deep_b,
    sum(small_meetings) as small_meetings,
    sum(meetings) as meetings
from (
    select
        period, a, b, 1 as weeks, max(sent_a) as one_way_a, max(sent_b) as one_way_b,
        0 as conversations, 0 as deep_a, 0 as deep_b, 0 as small_meetings, 0 as meetings
    from (
        select
            period, a, b, week, case when sender = a then 1 else 0 end as sent_a,
            case when sender = b then 1 else 0 end as sent_b
        from windowed
        where kind not in ('meeting', 'contact')
        union all
        select period, a, b, week, 1 as sent_a, 1 as sent_b from encounters
    ) seen
    group by period, a, b, week
    union all
    select
        period, a, b, 0, 0, 0, 1,
        case when deep = 1 and first_of_a <= first_of_b then 1 else 0 end,
        case when deep = 1 and first_of_b < first_of_a then 1 else 0 end,
        0, 0
    from (
        select
            c.period, c.a, c.b, c.first_of_a, c.first_of_b,
            case
                when c.messages >= s.deep_messages and c.first_of_a is not null and c.first_of_b is not null then 1
                else 0
            end as deep
        from conversations c
        cross join settings s
    ) talk
    union all
    select
        e.period, e.a, e.b, 0, 0, 0, 0, 0, 0,
        case when e.meeting = 1 and e.people + 1 <= s.small_meeting then 1 else 0 end,
        e.meeting
    from encounters e
    cross join settings s
) parts
group by period, a, b
