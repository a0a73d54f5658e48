-- What a tie is, in standard SQL: run as it stands by DuckDB and by Spark, one named step after the other.
--
-- Given, as tables: interactions (canonical columns and `dated`), aliases (alias, code), spells (code, since, until,
-- person), accounts (code, reason), settings (one row: since, until, max_recipients, small_meeting, deep_messages,
-- window_unit, domains, strangers, outsiders); as functions, which engines name differently: fingerprint(text), a hash
-- in [0, 2^61), null of null; week_number(timestamp), Mondays since the year 1; seconds(timestamp), whole ones since
-- 1970.
--
-- `code` is a person's position in the network's roster; below 0 somebody else: an account of the roster that makes no
-- ties (`accounts` says why; -1 is nobody, a blank), a person who changed department (`spells` says who that is on which
-- day); from settings.strangers down, whom the roster lacks; from settings.outsiders down, whom it lacks and whose address is at
-- none of its domains.
--
-- Every step is a table of that name; steps marked `table` are kept, those marked `view` are only names. From
-- `windowed` on they can be run again with other settings, without another look at the log.

-- step: coded (table)
-- Persons, events and threads become integers before any grouping; every row of the log is here. An id that is spelled
-- as in the roster is looked up as it is; only others are trimmed and lowered.
select
    moment, week, medium, event, thread, meeting, sent, reaction, undated, recipients, weight,
    coalesce(sender, case
        when unknown_sender is null then null
        when position(' ' || split_part(unknown_sender, '@', 2) || ' ' in domains) > 0
            then strangers - fingerprint(unknown_sender)
        else outsiders - fingerprint(unknown_sender)
    end) as sender,
    coalesce(recipient, case
        when unknown_recipient is null then null
        when position(' ' || split_part(unknown_recipient, '@', 2) || ' ' in domains) > 0
            then strangers - fingerprint(unknown_recipient)
        else outsiders - fingerprint(unknown_recipient)
    end) as recipient
from (
    select
        i.timestamp as moment,
        week_number(i.timestamp) as week,
        coalesce(i.medium, '') as medium,
        fingerprint(i.event) + fingerprint(coalesce(i.medium, '')) as event,
        fingerprint(i.thread) + fingerprint(coalesce(i.medium, '')) as thread,
        coalesce(i.kind, '') = 'meeting' as meeting,
        coalesce(i.kind, '') not in ('meeting', 'contact') as sent,
        coalesce(i.kind, '') = 'reaction' as reaction,
        i.dated and i.timestamp is null as undated,
        case when i.recipients > 0 then i.recipients end as recipients,
        coalesce(i.weight, 1) as weight,
        a.code as sender,
        b.code as recipient,
        case when a.code is null then lower(trim(i.sender)) end as unknown_sender,
        case when b.code is null then lower(trim(i.recipient)) end as unknown_recipient,
        s.domains, s.strangers, s.outsiders
    from interactions i
    cross join settings s
    left join aliases a on fingerprint(i.sender) = a.alias
    left join aliases b on fingerprint(i.recipient) = b.alias
) looked_up

-- step: respelled (table)
-- Ids in the log that are in the roster after all, but for case and blanks.
select x.stranger, a.code
from (
    select sender as stranger from coded where sender < 0
    union
    select recipient from coded where recipient < 0
) x
cross join settings s
join aliases a on a.alias = case when x.stranger > s.outsiders then s.strangers else s.outsiders end - x.stranger
where x.stranger <= s.strangers

-- step: known (view)
-- Everybody under the code that counts on that day; without a day, the latest.
select
    c.moment, c.week, c.medium, c.event, c.thread, c.meeting, c.sent, c.reaction, c.undated, c.recipients, c.weight,
    coalesce(v.person, x.code, c.sender) as sender,
    coalesce(w.person, y.code, c.recipient) as recipient
from coded c
left join respelled x on c.sender = x.stranger
left join respelled y on c.recipient = y.stranger
left join spells v on coalesce(x.code, c.sender) = v.code
    and coalesce(c.moment, v.undated) >= v.since and coalesce(c.moment, v.undated) < v.until
left join spells w on coalesce(y.code, c.recipient) = w.code
    and coalesce(c.moment, w.undated) >= w.since and coalesce(c.moment, w.undated) < w.until

-- step: usable (view)
-- Rows that stand for something said: the others are counted by reason and go no further.
select c.*
from known c
cross join settings s
where c.sender <> c.recipient and c.sender <> -1 and c.recipient <> -1 and not c.reaction and not c.undated
    and (c.moment is null or (c.moment >= s.since and c.moment < s.until))

-- step: left_out (view)
-- Why the other rows make no ties, the first reason that holds.
select reason, account, count(*) as lines
from (
    select
        case
            when c.sender is null or c.recipient is null or c.sender = -1 or c.recipient = -1 then 'no sender or recipient'
            when c.undated then 'undated'
            when c.moment < s.since or c.moment >= s.until then 'outside the period'
            when c.reaction then 'reaction'
            when c.sender = c.recipient then 'self'
            when c.sender < 0 and c.sender > s.strangers or c.recipient < 0 and c.recipient > s.strangers then 'account'
            else 'not in the roster'
        end as reason,
        case
            when c.sender < 0 and c.sender > s.strangers then c.sender
            when c.recipient < 0 and c.recipient > s.strangers then c.recipient
        end as account
    from known c
    cross join settings s
    where c.sender is null or c.recipient is null or c.undated or c.reaction or c.sender = c.recipient
        or c.sender < 0 or c.recipient < 0 or c.moment < s.since or c.moment >= s.until
) judged
group by reason, account

-- step: lines (view)
-- All rows of the log.
select count(*) as lines from coded

-- step: unknown (view)
-- How many ids the log holds that the roster lacks.
select count(*) as strangers
from (
    select k.sender as id from known k cross join settings s where k.sender <= s.strangers
    union
    select k.recipient from known k cross join settings s where k.recipient <= s.strangers
) ids

-- step: repeated (table)
-- What the log holds more than once: overlapping exports, traces with a row for each step of a delivery. Mostly nothing,
-- and finding that out costs less than putting every row in a group of its own.
select event, sender, recipient
from usable
where event is not null
group by event, sender, recipient
having count(*) > 1

-- step: deliveries (view)
-- The same event to the same person counts once. Rows that name strangers stay: they were reached too.
select u.moment, u.week, u.medium, u.event, u.thread, u.meeting, u.sent, u.recipients, u.weight, u.sender, u.recipient
from usable u
left join repeated r on u.event = r.event and u.sender = r.sender and u.recipient = r.recipient
where r.event is null
union all
select
    min(u.moment), min(u.week), u.medium, u.event, min(u.thread),
    max(case when u.meeting then 1 else 0 end) = 1, min(case when u.sent then 1 else 0 end) = 1,
    max(u.recipients), max(u.weight), u.sender, u.recipient
from usable u
join repeated r on u.event = r.event and u.sender = r.sender and u.recipient = r.recipient
group by u.medium, u.event, u.sender, u.recipient

-- step: reached (table)
-- How many an event reached beside its sender, where the log does not say and it is more than one.
select event, sender, count(*) as people
from deliveries
where event is not null and recipients is null
group by event, sender
having count(*) > 1

-- step: crowds (table)
-- A log without event ids hides its mass mails: many rows of one sender at one instant. Whole days are no instant.
select medium, sender, moment, count(*) as people
from deliveries
where event is null and recipients is null and sent and moment <> date_trunc('day', moment)
group by medium, sender, moment
having count(*) > (select max_recipients from settings)

-- step: messages (view)
-- What may make ties: between two persons of the roster, with the number of people that the event reached.
select
    d.moment, d.week, d.medium, d.event, d.thread, d.meeting, d.sent, d.weight, d.sender, d.recipient,
    coalesce(d.recipients, r.people, c.people, 1) as people
from deliveries d
left join reached r on case when d.recipients is null then d.event end = r.event and d.sender = r.sender
left join crowds c
    on case when d.recipients is null and d.event is null then d.moment end = c.moment
    and d.sender = c.sender and d.medium = c.medium
where d.sender >= 0 and d.recipient >= 0

-- step: held (table)
-- What the log knows, by medium and week.
select
    m.medium, m.week, count(*) as lines, min(m.moment) as first, max(m.moment) as last,
    count(case when m.people > s.max_recipients then 1 end) as broadcasts,
    count(m.thread) as threaded,
    count(case when m.people <= s.max_recipients and m.thread is not null then 1 end) as threads,
    count(case when m.people <= s.max_recipients and m.meeting then 1 end) as meetings,
    count(case when m.sent then 1 end) as sent
from messages m
cross join settings s
group by m.medium, m.week

-- step: media (table)
-- The layers by number.
select medium, row_number() over (order by medium) - 1 as code
from (select distinct medium from held) named

-- step: threaded (view)
-- Media in which the log knows conversations; elsewhere the clause on deep conversations is waived.
select medium from held group by medium having sum(threaded) > 0

-- step: windowed (view)
-- Of the messages what the settings let in: no broadcasts, and the part of the period that is looked at.
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
    select period, medium, event, week, sender as person, people from windowed where meeting and event is not null
    union all
    select period, medium, event, week, recipient as person, people from windowed where meeting and event is not null
) both_ends
group by period, medium, event, week, person

-- step: encounters (table)
-- Pairs in one meeting or contact, a < b; `people` is the number present beside oneself.
select
    x.period, x.medium, x.week, x.person as a, y.person as b,
    case when x.people > y.people then x.people else y.people end as people, 1 as meeting, 1.0 as weight
from attendance x
join attendance y on x.event = y.event and x.person < y.person
    and coalesce(x.period = y.period, true) and coalesce(x.week = y.week, true)
union all
select period, medium, week, a, b, people, case when meeting then 1 else 0 end as meeting, weight
from windowed
where not sent and (not meeting or event is null)

-- step: pairs (table)
-- All that is added up, in one pass: by window, medium and pair, and by era of 62 weeks, so that the weeks in contact
-- are the bits of one number. Volumes are in 1/2^30, so that their sums are exact whatever the order of adding up.
select
    period, medium, a, b, week - mod(week, 62) as era,
    bit_or(cast(1 as bigint) << mod(week, 62)) as weeks,
    sum(case when sender = a then weight else 0 end) as messages_a,
    sum(case when sender = a then 0 else weight end) as messages_b,
    sum(case when sender = a then volume else 0 end) as volume_a,
    sum(case when sender = a then 0 else volume end) as volume_b,
    sum(alone) as alone
from (
    select
        period, medium, a, b, coalesce(week, 0) as week, sender, weight,
        round(weight / people * 1073741824) / 1073741824 as volume,
        case when thread is null and event is not null then 1 else 0 end as alone
    from windowed
    where sent
) added
group by period, medium, a, b, week - mod(week, 62)

-- step: met (table)
-- The same of meetings and contacts, which have no sender.
select
    e.period, e.medium, e.a, e.b, e.week - mod(e.week, 62) as era,
    bit_or(cast(1 as bigint) << mod(e.week, 62)) as weeks,
    sum(e.weight) / 2 as messages,
    sum(round(e.weight / e.people * 536870912) / 1073741824) as volume,
    sum(case when e.meeting = 1 and e.people + 1 <= s.small_meeting then 1 else 0 end) as small_meetings,
    sum(e.meeting) as meetings
from (select period, medium, a, b, coalesce(week, 0) as week, people, meeting, weight from encounters) e
cross join settings s
group by e.period, e.medium, e.a, e.b, e.week - mod(e.week, 62)

-- step: conversations (table)
-- What two persons said to each other in one thread.
select
    period, medium, thread, a, b,
    count(*) as messages,
    min(case when sender = a then moment end) as first_of_a,
    min(case when sender = b then moment end) as first_of_b
from windowed
where sent and thread is not null
group by period, medium, thread, a, b

-- step: talks (table)
-- How many conversations two persons had, and who of them started the deep ones.
select
    c.period, c.a, c.b, count(*) as conversations,
    sum(case when c.messages >= s.deep_messages and c.first_of_a <= c.first_of_b then 1 else 0 end) as deep_a,
    sum(case when c.messages >= s.deep_messages and c.first_of_b < c.first_of_a then 1 else 0 end) as deep_b
from conversations c
cross join settings s
group by c.period, c.a, c.b

-- step: arcs (view)
-- Directed: who sent how much to whom; `medium` is its number in media.
select d.period, d.sender, d.recipient, m.code as medium, sum(d.messages) as messages, sum(d.volume) as volume
from (
    select period, a as sender, b as recipient, medium, messages_a as messages, volume_a as volume from pairs
    union all
    select period, b as sender, a as recipient, medium, messages_b as messages, volume_b as volume from pairs
    union all
    select period, a as sender, b as recipient, medium, messages, volume from met
    union all
    select period, b as sender, a as recipient, medium, messages, volume from met
) d
join media m on d.medium = m.medium
where d.messages > 0
group by d.period, d.sender, d.recipient, m.code

-- step: eras (view)
-- Undirected, all media together: the weeks in contact are counted here.
select
    period, a, b, bit_count(bit_or(weeks)) as weeks, max(sent_a) as sent_a, max(sent_b) as sent_b,
    sum(alone) as alone, sum(small_meetings) as small_meetings, sum(meetings) as meetings
from (
    select
        p.period, p.a, p.b, p.era, p.weeks,
        case when p.messages_a > 0 then 1 else 0 end as sent_a,
        case when p.messages_b > 0 then 1 else 0 end as sent_b,
        case when t.medium is not null then p.alone else 0 end as alone,
        0 as small_meetings, 0 as meetings
    from pairs p
    left join threaded t on p.medium = t.medium
    union all
    select period, a, b, era, weeks, 1, 1, 0, small_meetings, meetings from met
) seen
group by period, a, b, era

-- step: dyads (view)
-- Undirected: in how many weeks, how many conversations, who started the deep ones, how many meetings. A message outside
-- of threads is a conversation of its own where the log knows conversations.
select
    e.period, e.a, e.b, e.weeks, e.sent_a, e.sent_b,
    e.alone + coalesce(t.conversations, 0) as conversations,
    coalesce(t.deep_a, 0) as deep_a,
    coalesce(t.deep_b, 0) as deep_b,
    e.small_meetings, e.meetings
from (
    select
        period, a, b, sum(weeks) as weeks, max(sent_a) as sent_a, max(sent_b) as sent_b, sum(alone) as alone,
        sum(small_meetings) as small_meetings, sum(meetings) as meetings
    from eras
    group by period, a, b
) e
left join talks t on e.a = t.a and e.b = t.b and coalesce(e.period = t.period, t.period is null)
