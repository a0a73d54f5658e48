-- What a tie is, in standard SQL: run by DuckDB and by Spark alike, one named step after the other. Its numbers are those of
-- silos.ties.definitions: they come in the table settings. $era is filled in by silos.ties.steps.
--
-- Given, as tables: interactions (canonical columns and `dated`), aliases (alias, code), spells (code, since, until,
-- person), accounts (code, reason), settings (one row: since, until, max_recipients, small_meeting, window_unit,
-- domains, muted, strangers, outsiders); as functions, which engines name differently: fingerprint(text), a hash
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
    moment, medium, event, thread, meeting, sent, reaction, undated, recipients, weight,
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
    c.moment, c.medium, c.event, c.thread, c.meeting, c.sent, c.reaction, c.undated, c.recipients, c.weight,
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
-- Rows that stand for something said: the others are counted by reason and go no further. `delivery` is the event, the
-- sender and the recipient in one number.
select c.*, c.event + c.recipient + 1073741827 * mod(c.sender, 1073741789) as delivery
from known c
cross join settings s
where c.sender <> c.recipient and c.sender <> -1 and c.recipient <> -1 and not c.reaction and not c.undated
    and (c.moment is null or (c.moment >= s.since and c.moment < s.until))

-- step: left_out (view)
-- Why the other rows make no ties, the first reason that holds; `outside` is 1 where one end is known to be no colleague.
select reason, account, outside, count(*) as lines
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
        end as account,
        case when s.domains <> '' and (c.sender <= s.outsiders or c.recipient <= s.outsiders) then 1 else 0 end as outside
    from known c
    cross join settings s
    where c.sender is null or c.recipient is null or c.undated or c.reaction or c.sender = c.recipient
        or c.sender < 0 or c.recipient < 0 or c.moment < s.since or c.moment >= s.until
) judged
group by reason, account, outside

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
-- What the log may hold more than once: overlapping exports, traces with a row for each step of a delivery. Mostly
-- nothing, and finding that out costs less than putting every row in a group of its own. One number stands for an event,
-- a sender and a recipient: where it stands twice for different ones, they are told apart below.
select delivery
from usable
where event is not null
group by delivery
having count(*) > 1

-- step: deliveries (view)
-- The same event to the same person counts once. Rows that name strangers stay: they were reached too.
select u.moment, u.medium, u.event, u.thread, u.meeting, u.sent, u.recipients, u.weight, u.sender, u.recipient
from usable u
left join repeated r on u.delivery = r.delivery
where r.delivery is null
union all
select
    min(u.moment), u.medium, u.event, min(u.thread),
    max(case when u.meeting then 1 else 0 end) = 1, min(case when u.sent then 1 else 0 end) = 1,
    max(u.recipients), max(u.weight), u.sender, u.recipient
from usable u
join repeated r on u.delivery = r.delivery
group by u.medium, u.event, u.sender, u.recipient

-- step: reached (table)
-- How many an event reached beside its sender, where the log does not say and it is more than one.
select event, sender, count(*) as people
from deliveries
where event is not null and recipients is null
group by event, sender
having count(*) > 1

-- step: crowds (table)
-- A log without event ids hides its mass mails: rows of one sender to many people at one instant. Whole days are no
-- instant.
select medium, sender, moment, count(distinct recipient) as people
from deliveries
where event is null and recipients is null and sent and moment <> date_trunc('day', moment)
group by medium, sender, moment
having count(distinct recipient) > (select max_recipients from settings)

-- step: media (table)
-- The layers by number, which is grouped faster than a name.
select medium, row_number() over (order by medium) - 1 as code
from (select distinct medium from coded) named

-- step: addressed (view)
-- How many people each row reached: as the log says, else those named beside this one. This is the one place that knows;
-- what reached more than settings.max_recipients is a broadcast.
select
    d.moment, d.medium, d.event, d.thread, d.meeting, d.sent, d.weight, d.sender, d.recipient,
    cast(coalesce(d.recipients, r.people, c.people, 1) as integer) as people
from deliveries d
left join reached r on case when d.recipients is null then d.event end = r.event and d.sender = r.sender
left join crowds c
    on case when d.recipients is null and d.event is null then d.moment end = c.moment
    and d.sender = c.sender and d.medium = c.medium

-- step: messages (table)
-- What may make ties: between two persons of the roster, a < b, with the number of people that the event reached. Only
-- this is looked at again, so it is narrow.
select
    cast(n.code as integer) as medium, d.moment, week_number(d.moment) as week, d.event, d.thread, d.meeting, d.sent,
    d.weight,
    cast(case when d.sender < d.recipient then d.sender else d.recipient end as integer) as a,
    cast(case when d.sender < d.recipient then d.recipient else d.sender end as integer) as b,
    d.sender < d.recipient as by_a,
    d.people
from addressed d
join media n on d.medium = n.medium
where d.sender >= 0 and d.recipient >= 0

-- step: held (table)
-- What the log knows, by medium and week.
select
    n.medium, h.week, h.lines, h.first, h.last, h.broadcasts, h.threaded, h.threads, h.meetings, h.sent, h.midnight,
    h.last_sent
from (
    select
        m.medium, m.week, count(*) as lines, min(m.moment) as first, max(m.moment) as last,
        count(case when m.people > s.max_recipients then 1 end) as broadcasts,
        count(m.thread) as threaded,
        count(case when m.people <= s.max_recipients and m.thread is not null then 1 end) as threads,
        count(case when m.people <= s.max_recipients and m.meeting then 1 end) as meetings,
        count(case when m.sent then 1 end) as sent,
        count(case when m.sent and m.moment = date_trunc('day', m.moment) then 1 end) as midnight,
        max(case when m.sent then m.moment end) as last_sent
    from messages m
    cross join settings s
    group by m.medium, m.week
) h
join media n on h.medium = n.code

-- step: threaded (view)
-- Media in which the log knows conversations; elsewhere the clause on deep conversations is waived.
select n.code as medium
from held h
join media n on h.medium = n.medium
group by n.code
having sum(h.threaded) > 0

-- step: span (view)
-- Weeks are the bits of one number, which holds $era of them: an era. Most logs lie in one, and are grouped once less.
select count(distinct coalesce(week, 0) - mod(coalesce(week, 0), $era)) as eras from held

-- step: windowed (view)
-- Of the messages what the settings let in: no broadcasts, and the part of the period that is looked at. Volumes are in
-- 1/2^30, so that their sums are exact whatever the order of adding up.
select
    medium, moment, week, event, thread, meeting, sent, counted, a, b, by_a, people, period,
    mod(since_monday, $era) as bit,
    since_monday - mod(since_monday, $era) as era,
    round(counted / people * 1073741824) / 1073741824 as volume
from (
    select
        m.medium, m.moment, m.week, m.event, m.thread, m.meeting, m.sent, m.weight as counted, m.a, m.b, m.by_a, m.people,
        coalesce(m.week, 0) as since_monday,
        case when s.window_unit <> '' then date_trunc(s.window_unit, m.moment) end as period
    from messages m
    cross join settings s
    where m.people <= s.max_recipients and (m.moment is null or (m.moment >= s.since and m.moment < s.until))
) chosen

-- step: attendance (table)
-- Everybody in a meeting met everybody: organiser to attendee rows and all-pairs rows say the same. It is read twice.
select period, medium, event, week, era, bit, person, max(people) as people
from (
    select period, medium, event, week, era, bit, a as person, people from windowed where meeting and event is not null
    union all
    select period, medium, event, week, era, bit, b as person, people from windowed where meeting and event is not null
) both_ends
group by period, medium, event, week, era, bit, person

-- step: encounters (view)
-- Pairs in one meeting or contact, a < b; `people` is the number present beside oneself.
select
    x.period, x.medium, x.era, x.bit, x.person as a, y.person as b,
    case when x.people > y.people then x.people else y.people end as people, 1 as meeting, 1.0 as counted
from attendance x
join attendance y on x.event = y.event and x.person < y.person
    and coalesce(x.period = y.period, true) and coalesce(x.week = y.week, true)
union all
select period, medium, era, bit, a, b, people, case when meeting then 1 else 0 end as meeting, counted
from windowed
where not sent and (not meeting or event is null)

-- step: met (table)
-- What is added up of meetings and contacts, which have no sender and count half either way: by window, medium, pair and
-- era.
select
    e.period, e.medium, e.a, e.b, e.era,
    bit_or(cast(1 as bigint) << e.bit) as weeks,
    sum(e.counted) / 2 as messages,
    sum(round(e.counted / e.people * 536870912) / 1073741824) as volume,
    count(case when e.meeting = 1 and e.people + 1 <= s.small_meeting then 1 end) as small_meetings,
    sum(e.meeting) as meetings
from encounters e
cross join settings s
group by e.period, e.medium, e.a, e.b, e.era

-- step: fragments (table)
-- What two persons said to each other in one thread and one era.
select
    period, medium, thread, a, b, era,
    bit_or(cast(1 as bigint) << bit) as weeks,
    min(case when by_a then moment end) as first_of_a,
    min(case when by_a then null else moment end) as first_of_b,
    max(case when by_a then moment end) as last_of_a,
    max(case when by_a then null else moment end) as last_of_b,
    sum(case when by_a then counted else 0 end) as messages_a,
    sum(case when by_a then 0 else counted end) as messages_b,
    sum(case when by_a then volume else 0 end) as volume_a,
    sum(case when by_a then 0 else volume end) as volume_b
from windowed
where sent and thread is not null
group by period, medium, thread, a, b, era

-- step: conversations (view)
-- What two persons said to each other in one thread. In a log of several eras a conversation may stand in some of them:
-- what is added up is taken from its fragments then.
select
    f.period, f.medium, f.thread, f.a, f.b, f.era, f.first_of_a, f.first_of_b, f.last_of_a, f.last_of_b, f.weeks,
    f.messages_a, f.messages_b, f.volume_a, f.volume_b
from fragments f
cross join span s
where s.eras <= 1
union all
select
    f.period, f.medium, f.thread, f.a, f.b, min(f.era), min(f.first_of_a), min(f.first_of_b),
    max(f.last_of_a), max(f.last_of_b), 0, 0, 0, 0, 0
from fragments f
cross join span s
where s.eras > 1
group by f.period, f.medium, f.thread, f.a, f.b

-- step: pairs (table)
-- The same of what was written, in one pass. A message outside of threads is a conversation of its own where the log
-- knows conversations. A conversation is deep if it took two changes of speaker: whoever opened it wrote again after
-- the other had answered. Three messages of two people are not enough: a ticket (request, acknowledgement, done) has them.
select
    period, medium, a, b, era, bit_or(weeks) as weeks,
    sum(messages_a) as messages_a, sum(messages_b) as messages_b, sum(volume_a) as volume_a, sum(volume_b) as volume_b,
    sum(conversation) as conversations, sum(deep_a) as deep_a, sum(deep_b) as deep_b
from (
    select
        c.period, c.medium, c.a, c.b, c.era, c.weeks, c.messages_a, c.messages_b, c.volume_a, c.volume_b,
        1 as conversation,
        case when c.first_of_a <= c.first_of_b and c.first_of_b < c.last_of_a then 1 else 0 end as deep_a,
        case when c.first_of_b < c.first_of_a and c.first_of_a < c.last_of_b then 1 else 0 end as deep_b
    from conversations c
    union all
    select f.period, f.medium, f.a, f.b, f.era, f.weeks, f.messages_a, f.messages_b, f.volume_a, f.volume_b, 0, 0, 0
    from fragments f
    cross join span s
    where s.eras > 1
    union all
    select
        w.period, w.medium, w.a, w.b, w.era, cast(1 as bigint) << w.bit,
        case when w.by_a then w.counted else 0 end, case when w.by_a then 0 else w.counted end,
        case when w.by_a then w.volume else 0 end, case when w.by_a then 0 else w.volume end,
        case when w.event is not null and t.medium is not null then 1 else 0 end, 0, 0
    from windowed w
    left join threaded t on w.medium = t.medium
    where w.sent and w.thread is null
) added
group by period, medium, a, b, era

-- step: simple (view)
-- Media of which each pair has one row at most: all weeks lie in one era, and nobody both writes and meets there.
select n.code as medium
from held h
join media n on h.medium = n.medium
cross join span s
where s.eras <= 1
group by n.code
having sum(h.sent) = 0 or sum(h.sent) = sum(h.lines)

-- step: directed (view)
-- Who sent how much to whom, in rows that may have to be put together.
select period, a as sender, b as recipient, medium, messages_a as messages, volume_a as volume
from pairs
where messages_a > 0
union all
select period, b as sender, a as recipient, medium, messages_b as messages, volume_b as volume
from pairs
where messages_b > 0
union all
select period, a as sender, b as recipient, medium, messages, volume from met where messages > 0
union all
select period, b as sender, a as recipient, medium, messages, volume from met where messages > 0

-- step: arcs (view)
-- Directed: who sent how much to whom; `medium` is its number in media.
select d.period, d.sender, d.recipient, d.medium, d.messages, d.volume
from directed d
join simple s on d.medium = s.medium
union all
select d.period, d.sender, d.recipient, d.medium, sum(d.messages), sum(d.volume)
from directed d
left join simple s on d.medium = s.medium
where s.medium is null
group by d.period, d.sender, d.recipient, d.medium

-- step: eras (view)
-- Undirected, all media together, by era: the weeks in contact are counted here. `senders` is 1 for a, and 2 for b.
select
    period, a, b, bit_count(bit_or(weeks)) as weeks, bit_or(senders) as senders,
    sum(conversations) as conversations, sum(deep_a) as deep_a, sum(deep_b) as deep_b,
    sum(small_meetings) as small_meetings, sum(meetings) as meetings
from (
    select
        period, a, b, era, weeks,
        case when messages_a > 0 then 1 else 0 end + case when messages_b > 0 then 2 else 0 end as senders,
        conversations, deep_a, deep_b, 0 as small_meetings, 0 as meetings
    from pairs
    union all
    select period, a, b, era, weeks, 3, 0, 0, 0, small_meetings, meetings from met
) seen
group by period, a, b, era

-- step: dyads (view)
-- Undirected: in how many weeks, who wrote or met, how many conversations, who started the deep ones, how many meetings.
select
    period, a, b, weeks, mod(senders, 2) as sent_a, case when senders >= 2 then 1 else 0 end as sent_b,
    conversations, deep_a, deep_b, small_meetings, meetings
from (
    select
        e.period, e.a, e.b, e.weeks, e.senders, e.conversations, e.deep_a, e.deep_b, e.small_meetings, e.meetings
    from eras e
    cross join span s
    where s.eras <= 1
    union all
    select
        e.period, e.a, e.b, sum(e.weeks), bit_or(e.senders), sum(e.conversations), sum(e.deep_a), sum(e.deep_b),
        sum(e.small_meetings), sum(e.meetings)
    from eras e
    cross join span s
    where s.eras > 1
    group by e.period, e.a, e.b
) counted
