-- Ties that a warehouse counted, as the steps of ties.sql, dialogue.sql, turn_taking.sql and external.sql leave them: standard SQL.
--
-- Given: exported (the columns of silos.tables.TIES_FIELDS), and aliases, spells, accounts, settings, fingerprint() as in
-- ties.sql. Who changed department is in the latest.

-- step: coded (table)
-- Persons become integers; null whom the roster lacks, below 0 who makes no ties in it.
select
    x.*,
    coalesce(v.person, a.code) as code_a,
    coalesce(w.person, b.code) as code_b
from exported x
left join aliases a on fingerprint(lower(trim(x.a))) = a.alias
left join aliases b on fingerprint(lower(trim(x.b))) = b.alias
left join spells v on a.code = v.code and v.undated >= v.since and v.undated < v.until
left join spells w on b.code = w.code and w.undated >= w.since and w.undated < w.until

-- step: known (view)
-- Ties between two persons of the roster, the first before the second as the roster has them.
select
    part, coalesce(medium, '') as medium, messages, volume, answered, seconds, waits, direct, broadcast, outsider,
    code_a, code_b, weeks, conversations, small_meetings, meetings, answers, continued, openings,
    case when code_a < code_b then code_a else code_b end as a,
    case when code_a < code_b then code_b else code_a end as b,
    case when code_a < code_b then sent_a else sent_b end as sent_a,
    case when code_a < code_b then sent_b else sent_a end as sent_b,
    case when code_a < code_b then deep_a else deep_b end as deep_a,
    case when code_a < code_b then deep_b else deep_a end as deep_b,
    case when code_a < code_b then sessions_a else sessions_b end as sessions_a,
    case when code_a < code_b then sessions_b else sessions_a end as sessions_b
from coded
where code_a >= 0 and code_b >= 0 and code_a <> code_b

-- step: left_out (view)
-- Rows of the log that make no ties, as the warehouse judged them.
select reason, cast(null as bigint) as account, coalesce(outsider, 0) as outside, lines
from coded
where part = 'left out'

-- step: lines (view)
-- All rows of the log: those left out, those that were there twice, and those that were not.
select sum(lines) as lines from coded where part = 'lines'

-- step: unknown (view)
-- Ids that the roster lacks: in the warehouse, and in the one given now.
select coalesce(sum(strangers), 0) as strangers
from (
    select lines as strangers from coded where part = 'strangers'
    union all
    select count(distinct lower(trim(person)))
    from (
        select a as person from coded where a is not null and code_a is null
        union all
        select b from coded where b is not null and code_b is null
    ) missing
) counted

-- step: held (view)
-- What has no medium has an empty one, as in ties.sql; a file may hold that as nothing.
select coalesce(medium, '') as medium, week, lines, first, last, broadcasts, threads, meetings, sent
from coded
where part = 'held'

-- step: media (view)
select medium, row_number() over (order by medium) - 1 as code from (select distinct medium from held) named

-- step: arcs (view)
select
    cast(null as timestamp) as period, k.code_a as sender, k.code_b as recipient, m.code as medium,
    sum(k.messages) as messages, sum(k.volume) as volume
from known k
join media m on k.medium = m.medium
where k.part = 'arc'
group by k.code_a, k.code_b, m.code

-- step: dyads (view)
-- Two ids of the warehouse may be one person here: of weeks, which may be the same ones, the more count.
select
    cast(null as timestamp) as period, a, b, max(weeks) as weeks, max(sent_a) as sent_a, max(sent_b) as sent_b,
    sum(conversations) as conversations, sum(deep_a) as deep_a, sum(deep_b) as deep_b,
    sum(small_meetings) as small_meetings, sum(meetings) as meetings
from known
where part = 'dyad'
group by a, b

-- step: waits (view)
select code_a as sender, code_b as recipient, answered, seconds, sum(waits) as waits
from known
where part = 'waits'
group by code_a, code_b, answered, seconds

-- step: outgoing (view)
select code_a as sender, sum(direct) as direct, sum(broadcast) as broadcast
from coded
where part = 'sent' and code_a >= 0
group by code_a

-- step: outside (view)
select code_a as person, outsider from coded where part = 'outside' and code_a >= 0 group by code_a, outsider

-- step: turn_taking (view)
select
    a, b, sum(answers) as answers, sum(continued) as continued, sum(openings) as openings,
    sum(sessions_a) as sessions_a, sum(sessions_b) as sessions_b
from known
where part = 'turns'
group by a, b

-- step: talked (view)
select a, b from known where part = 'talked' group by a, b
