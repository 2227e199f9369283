# No statement reads a tenant's whole table where a row is enough. Each named statement is planned, and the filters of
# identity providers are run, on a tenant with 20,000 users and a group of all of them. This is small enough to run for
# each commit, and large enough: the allowed number of rows is far below all, and a scan is found (see "planted"). It
# must be true for every view that PostgreSQL may have of a tenant: one of very many small ones, before and after the
# large one is in its statistics, or one of few.
use strict;
use warnings;
use utf8;
use Encode 'encode';
use List::Util 'sum';
use Test::More;
use Time::HiRes ();
use URI::Escape 'uri_escape_utf8';
use ScimReads;
use ScimTest;

my $USERS  = 20_000;
my $MIDDLE = '00000001-0000-7000-8000-000000005000';    # far from both ends, by name as by time
my $t      = ScimTest->new('plans');
my $other  = ScimTest->new('plans-other');

# PostgreSQL has only the statistics that this test makes.
sql('alter system set autovacuum = off');
sql('select pg_reload_conf()');

# PostgreSQL's statistics come from ten thousand tenants with two users and a group of them, with the same name
# everywhere. They are made without triggers, which would take minutes, so the test makes the derived rows itself.
my $SMALL = 10_000;
my $small = "tenant like 'plans-small-%'";
sub look { sql("vacuum analyze scim.$_") for qw(tenant token resource lookup membership subscription mapping access_grant audit) }
sql(<<"SQL");
set session_replication_role = replica;
insert into scim.resource (tenant, type, id, doc, external_id, user_name_key, display_name_key, modified_hour, family_name_key, given_name_key)
select 'plans-small-' || n, 'User', gen_random_uuid(), jsonb_build_object('schemas', array ['$USER'], 'userName', n || '-' || i), n || '-' || i, n || '-' || i,
       'user ' || n, scim.hour(now()), 'family' || n % 500, 'given' || n % 100
  from generate_series(1, $SMALL) n, generate_series(1, 2) i;
insert into scim.resource (tenant, type, id, doc, group_name_key, display_name_key, modified_hour)
select 'plans-small-' || n, 'Group', gen_random_uuid(), jsonb_build_object('schemas', array ['$GROUP'], 'displayName', 'All'), 'all', 'all', scim.hour(now())
  from generate_series(1, $SMALL) n;
insert into scim.membership (tenant, group_id, member_id, member_type)
select g.tenant, g.id, u.id, 'User' from scim.resource g join scim.resource u on u.tenant = g.tenant and u.type = 'User' where g.$small and g.type = 'Group';
insert into scim.lookup (tenant, attribute, key, resource_id)
select tenant, a, user_name_key, id from scim.resource, generate_series(1, 2) a where $small and type = 'User';
SQL
END {
    my $status = $?;
    sql('alter system reset autovacuum');
    sql('select pg_reload_conf()');
    sql("set session_replication_role = replica; " . join ' ', map {"delete from scim.$_ where $small;"} qw(resource membership lookup));
    $? = $status;
}
look();

# User number i was changed i minutes ago, and the present is half an hour into an hour.
my $now = '2026-06-01T12:30:00Z';
for ([$t->tenant, $USERS], [$other->tenant, 5_000]) {
    my ($tenant, $users) = @$_;
    sql(<<"SQL");
insert into scim.resource (tenant, type, id, last_modified, doc)
select '$tenant', 'User', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, timestamptz '$now' - i * interval '1 minute',
       jsonb_build_object('schemas', array ['$USER'], 'userName', 'user' || i, 'externalId', 'ext' || i,
                          'displayName', 'User ' || i,
                          'name', jsonb_build_object('formatted', 'Dr Given' || i || ' Family' || i, 'givenName', 'Given' || i,
                              'familyName', 'Family' || i, 'middleName', 'Middle' || i, 'honorificPrefix', 'Dr' || i,
                              'honorificSuffix', 'III' || i),
                          '$ENTERPRISE', jsonb_build_object('employeeNumber', 'E-' || i),
                          'phoneNumbers', jsonb_build_array(jsonb_build_object('type', 'work', 'value', '+1 555 ' || i)),
                          'emails', jsonb_build_array(jsonb_build_object('type', 'work', 'value', 'user' || i || '\@x.example')))
  from generate_series(1, $users) i;
insert into scim.resource (tenant, type, id, doc)
select '$tenant', 'Group', ('00000002-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
       jsonb_build_object('schemas', array ['$GROUP'], 'displayName', 'Group ' || i)
  from generate_series(1, 2000) i;
insert into scim.membership (tenant, group_id, member_id, member_type)
select tenant, '00000002-0000-7000-8000-000000000001', id, 'User' from scim.resource where tenant = '$tenant' and type = 'User';
insert into scim.membership (tenant, group_id, member_id, member_type)
select tenant, '00000002-0000-7000-8000-000000000002', id, 'User' from scim.resource
 where tenant = '$tenant' and type = 'User' and user_name_key in ('user1', 'user2', 'user3');
insert into scim.token (tenant, key_id, digest, name, created_by, expires)
select '$tenant', 'key' || i, sha256(i::text::bytea), 'token ' || i, 'test', now() + interval '1 day'
  from generate_series(1, 2000) i;
SQL
}
# Groups 1 to 100 are mapped, ten to each subscription; one of them is the group of all users.
for ([$t->tenant, 1000], [$other->tenant, 100]) {
    my ($tenant, $seats) = @$_;
    sql(<<"SQL");
set scim.tenant = '$tenant';
insert into scim.subscription (tenant, id, name, seats, automatic)
select '$tenant', ('00000003-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'Subscription ' || i, case i when 2 then $seats end, i = 3
  from generate_series(1, 10) i;
insert into scim.mapping (tenant, id, group_id, subscription_id, created_by)
select '$tenant', ('00000004-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, ('00000002-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
       ('00000003-0000-7000-8000-' || lpad((1 + i % 10)::text, 12, '0'))::uuid, 'test'
  from generate_series(1, 100) i;
insert into scim.access_grant (tenant, user_id, subscription_id, source)
select '$tenant', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, ('00000003-0000-7000-8000-' || lpad((5 + i % 6)::text, 12, '0'))::uuid, 'manual'
  from generate_series(1, 6000) i;
update scim.tenant set sync_policy = 'groups' where tenant = '$tenant';
SQL
}

# --- the named statements ---------------------------------------------------------------------------------------------

# Statements that read many rows because many are wanted, or that have no tenant.
my %many = (
    schema_version => 'one row for each migration',
    resource_count => 'counts all that match',
    resource_count_all => 'counts all that match',
    rules          => 'reads the roles of a tenant, which are few',
    admin_role_use => 'reads who has the role, by its index',
    admin_policy_differing => 'reads whom a change is about',
    admin_policy_rules => 'reads the subscriptions, mappings and nested groups of a tenant, once for each preview',
    admin_review_seats => 'finds the last seat of each subscription of a tenant',
    admin_review_rules => 'reads the subscriptions, mappings and nested groups of a tenant, once for each page of a review',
    admin_rules_raise => 'changes the tokens of a tenant, which are few',
    admin_tenant_spread => 'changes the tokens of a tenant, which are few',
    admin_subscription_usage => 'counts all who have it',
    admin_template_count => 'counts all that match',
    admin_tenant_policy => 'changes the mappings and subscriptions of a tenant',
    admin_tenant_roles => 'looks for any role of a new tenant',
    admin_tenant_settings => 'looks for the same login among all users',
    admin_tenant_logins => 'changes all users of a tenant',
    admin_tenant_accounts => 'locks all accounts that change',
    admin_tenant_settle => 'changes all accounts of a tenant',
    admin_tenant_fate => 'counts all accounts that would change',
    admin_token_revoke_all => 'changes the tokens of a tenant, which are few',
    admin_tenant_tokens => 'reads the tokens of a tenant, which are few',
    admin_flag_use => 'reads who has flags, by their index',
    tenant_erase   => 'erases as many rows of each table as it is told to, in any order',
    index_empty    => 'takes an attribute away, by scimctl',
    user_by_role   => 'reads the mappings of a tenant to its roles, and its groups in groups',
    user_by_subscription => 'reads the groups in groups of a tenant',
    watch          => 'looks at all tenants, once an hour',
    warn_tokens    => 'looks at all tenants, once an hour',
    tell_quiet     => 'looks at all tenants, once an hour',
    record_entries => 'notes the use of the tokens of a tenant, which are few',
    tokens_unlearned => 'looks at all tenants, once an hour',
    watch_seats    => 'counts all who have it, once an hour',
    unknown_names  => 'looks at all tenants, once after each start, and when scimctl doctor asks',
);
# The mappings of this test are on one page, so PostgreSQL may use any index.
$many{$_} = 'finds mappings by their keys' for qw(admin_mapping_groups admin_mapping_hold admin_mapping_remove admin_group_give former_mappings);
# A page is read in the order of its index, up to its limit.
my %paged = map { $_ => 1 } qw(resource_list resource_list_groups resource_list_members resource_list_all);

my $prepared = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/statements.sql"; <> };
# scimctl doctor reads all tenants, but only runs when somebody calls it.
my @names = grep { !/^doctor_/ } $prepared =~ /^prepare (\w+) as$/mg;
cmp_ok(scalar @names, '>=', 20, 'statements are there');
$prepared .= "prepare planted as\nselect doc from scim.resource where tenant = \$1 and doc ->> 'title' = \$2;\n";
for my $name (keys %many) {
    ok((grep { $_ eq $name } @names), "$name, which is let pass, exists");
}

my %known = map { $_ => 1 } qw(resource membership lookup token mapping access_grant);
# Descriptions of accesses to a big table with conditions only on tenant and type.
sub scans {
    my ($node, $limited) = @_;
    my @found;
    my $table = $node->{'Relation Name'} // '';
    # A Tid Scan reads rows that were found before.
    if ($known{$table} && $node->{'Node Type'} =~ /Scan/ && $node->{'Node Type'} ne 'Tid Scan') {
        # In a bitmap scan, the recheck condition has the conditions of its indexes.
        my $condition = $node->{'Index Cond'} // $node->{'Recheck Cond'} // '';
        (my $rest = $condition) =~ s/\b(tenant|type|attribute)\b//g;
        # The index with the order of seats has the grants of a subscription; searching an account's grants there reads
        # all of them.
        push @found, "grants of an account in the order of seats" if ($node->{'Index Name'} // '') eq 'access_grant_order' && $condition !~ /subscription_id/;
        push @found, "$node->{'Node Type'} on $table ($condition)" unless $rest =~ /\b(id|\w+_id|\w+_key|key|name|external)\b/ || $limited;
    }
    $limited ||= $node->{'Node Type'} eq 'Limit';
    push @found, map { scans($_, $limited && $_->{'Parent Relationship'} ne 'SubPlan') } @{ $node->{Plans} // [] };
    return @found;
}

# The plan of a statement in this database, for the role that runs it.
sub plan_of {
    my ($name) = @_;
    my ($text) = $prepared =~ /^(prepare \Q$name\E as\n.*?;)$/ms;
    my ($n) = sort { $b <=> $a } 0, $text =~ /\$(\d+)/g;
    my $arguments = $n ? '(' . join(', ', ('null') x $n) . ')' : '';
    # httpd's role has settings of its own, which need a login.
    my $web = $name !~ /^(tenant|index)_/;
    local $ENV{PGUSER} = $web ? 'scim_web' : $ENV{PGUSER};
    return eval { unjson(encode 'UTF-8', sql(join "\n", $name =~ /^(?:admin_|warn_tokens|tell_quiet|tokens_unlearned|token_(?:moments|learned)|record_(?!reads))/ ? 'set role scim_manage;' : $web ? () : 'set role scim_owner;',
        'set plan_cache_mode = force_generic_plan;',
        "set scim.tenant = '" . $t->tenant . "';", $text, "explain (format json) execute $name$arguments;")) };
}

# Indexes of the audit log of which the tenant's whole part is read, to combine it with another index.
sub whole_logs {
    my ($node) = @_;
    my $whole = $node->{'Node Type'} eq 'Bitmap Index Scan' && $node->{'Index Name'} =~ /^audit_/ && $node->{'Index Cond'} eq '(tenant = $1)';
    return (($whole ? $node->{'Index Name'} : ()), map { whole_logs($_) } @{ $node->{Plans} // [] });
}

sub check_statements {
    is_json([whole_logs(plan_of($_)->[0]{Plan})], [], "$_ reads no whole audit log") for qw(admin_audit_list admin_user_history);
    for my $name (grep { !$many{$_} } @names) {
        my $plan = plan_of($name);
        ok($plan, "$name is planned") or diag $@;
        is_json([$plan ? scans($plan->[0]{Plan}, 0) : ()], [], "$name scans no tenant") unless $paged{$name};
    }
}

isnt(scalar(my @planted = scans(plan_of('planted')->[0]{Plan}, 0)), 0, 'a statement that scans a tenant is found');

# The same in a new database: the first synchronisation comes before the first ANALYZE, or after one that has seen no
# users. Bitmap scans of a table with one page are accepted.
run_ok("$ENV{SCIM_TEST_PGBIN}/createdb", 'fresh');
scimctl(qw(--db dbname=fresh db init));
sub check_fresh {
    my ($when) = @_;
    local $ENV{PGDATABASE} = 'fresh';
    for my $name (grep { !$many{$_} && !$paged{$_} && !/^(admin|token|index)_/ } @names) {
        my $plan = plan_of($name);
        is_json([$plan ? grep({ !/^Bitmap/ } scans($plan->[0]{Plan}, 0)) : 'no plan'], [], "$name scans no tenant in a database $when");
    }
}
check_fresh('that is new');
scimctl(qw(--db dbname=fresh tenant add first));
{
    local $ENV{PGDATABASE} = 'fresh';
    sql('vacuum (analyze)');
}
check_fresh('with a tenant of nobody');

is(sql("select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
         where c.relnamespace = 'scim'::regnamespace and c.relkind = 'r' and not c.relispartition and c.relname <> 'tenant'
           and 'n_distinct=10' <> all (coalesce(a.attoptions, '{}'))"), '', 'each table says how many tenants are to be thought of');

# --- filters: the rows that they read ---------------------------------------------------------------------------------

my @BIG = qw(resource lookup membership mapping access_grant audit link);

sub reads_less {
    my ($limit, $name, $work) = @_;
    my $read = rows_read($work, @BIG);
    cmp_ok($read, '<', $limit, $name) or diag "read $read rows";
}
my $member = '00000001-0000-7000-8000-000000000777';
(my $oldest = sql("select (timestamptz '$now' - ($USERS - 9) * interval '1 minute') at time zone 'UTC'")) =~ s/ (.*)/T$1Z/;
# Each filter with the number of resources that it finds, and the number of rows that it may read; 60 by default.
my @filters = (
    [Users  => 'userName eq "USER777"'],
    [Users  => 'externalId eq "ext777"'],
    [Users  => qq(id eq "$member")],
    [Users  => 'displayName eq "user 777"'],
    [Users  => 'emails.value eq "user777@X.example"'],
    [Users  => 'emails eq "user777@x.example"'],
    [Users  => 'emails[type eq "work"].value eq "user777@x.example"'],
    [Users  => 'emails[type eq "work" and value eq "user777@x.example"]'],
    [Users  => 'phoneNumbers.value eq "+1 555 777"'],
    [Users  => 'phoneNumbers[type eq "work" and value eq "+1 555 777"]'],
    [Users  => 'employeeNumber eq "e-777"'],
    [Users  => "$ENTERPRISE:employeeNumber eq \"E-777\""],
    [Users  => 'name.formatted eq "dr given777 family777"'],
    [Users  => 'name.givenName eq "given777"'],
    [Users  => 'name.familyName eq "FAMILY777"'],
    [Users  => 'name[familyName eq "family777" and givenName sw "giv"]'],
    [Users  => 'name.middleName eq "middle777"'],
    [Users  => 'name.honorificPrefix eq "dr777"'],
    [Users  => 'name.honorificSuffix eq "iii777"'],
    [Users  => 'userName eq "user777" and externalId eq "ext777"'],
    [Users  => 'userName eq "user777" or emails.value eq "user778@x.example"', 2],
    [Users  => 'emails.value eq "user777@x.example" or phoneNumbers.value eq "+1 555 778" or name.familyName eq "family779"', 3],
    [Users  => '(userName eq "user777" or externalId eq "ext778") and active ne true', 2],
    [Users  => qq(id eq "$member" or employeeNumber eq "E-778" and name.givenName eq "given778"), 2],
    [Users  => 'userName sw "user777"', 11],
    [Users  => 'displayName sw "user 777"', 11],
    [Users  => 'emails.value sw "user777"', 11, 120],
    [Users  => 'emails[type eq "work" and value sw "user777"]', 11, 120],
    [Users  => 'phoneNumbers.value sw "+1 555 777"', 11, 120],
    [Users  => 'name.familyName sw "family777"', 11],
    [Users  => 'employeeNumber sw "e-777"', 11],
    [Users  => 'meta.lastModified eq "2026-06-01T02:30:00Z"', 1, 120],
    [Users  => 'meta.lastModified gt "2026-06-01T12:00:00Z"', 29, 120],
    [Users  => 'meta.lastModified ge "2026-06-01T12:00:00.000Z"', 30, 120],
    [Users  => 'meta.lastModified gt "2111-01-01T00:00:00Z"', 0],
    [Users  => qq(meta.lastModified lt "$oldest"), 9, 120],
    [Users  => qq(meta.lastModified le "$oldest"), 10, 120],
    [Users  => 'meta.lastModified gt "2026-06-01T11:00:00Z" and meta.lastModified lt "2026-06-01T11:30:00Z"', 29, 240],
    [Groups => 'displayName eq "group 777"'],
    ['' => 'userName eq "user777"'],
    ['' => 'externalId eq "ext777"'],
    ['' => 'displayName eq "group 777"'],
    ['' => qq(id eq "$member")],
    ['' => 'emails.value eq "user777@x.example"'],
    ['' => 'phoneNumbers.value eq "+1 555 777"'],
    ['' => 'name.familyName eq "family777"'],
    ['' => 'meta.resourceType eq "User" and userName eq "user777"'],
    ['' => 'userName eq "user777" or displayName eq "group 777"', 2],
    [Groups => qq(members.value eq "$member")],
    [Groups => qq(members.value eq "$member" or displayName eq "group 777"), 2],
    [Groups => qq(members.value eq "$member" and displayName eq "Group 1")],
    [Groups => qq(id eq "00000002-0000-7000-8000-000000000001" and members[value eq "$member"])],
    [Users => 'groups.value eq "00000002-0000-7000-8000-000000000002"', 3],
    [Users => 'groups.value eq "00000002-0000-7000-8000-000000000002" or userName eq "user777"', 4],
);
my $each = sub {
    my ($endpoint, $filter, $expected) = @{ $_[0] };
    my $res = $t->request(GET => "/$endpoint?excludedAttributes=members,groups&filter=" . uri_escape_utf8($filter));
    is($res->{json}{totalResults}, $expected // 1, "$filter finds " . ($expected // 'one'));
};
# If a list reads too much, its filters are tested one by one.
sub check_reads {
    my (@list) = @_;
    my $allowed = sum map { $_->[3] // 60 } @list;
    my $read = rows_read(sub { $each->($_) for @list }, @BIG);
    return [] if $read < $allowed;
    return ["$list[0][1] has read $read rows"] if @list == 1;
    return [map { @{ check_reads(@$_) } } [@list[0 .. @list / 2 - 1]], [@list[@list / 2 .. $#list]]];
}

# Filters that no index can answer still find their resources.
for (['Users', 'userName eq "user777" or title eq "none"', 1],
    ['Users', 'not (emails.value eq "user777@x.example")', $USERS - 1],
    ['Users', 'title eq "none" or groups.value eq "00000002-0000-7000-8000-000000000002"', 3],
    ['Users', 'not (groups.value eq "00000002-0000-7000-8000-000000000001")', 0],
    ['Users', 'meta.lastModified gt "2020-01-01T00:00:00Z"', $USERS],
    ['Users', 'userName sw ""', $USERS]) {
    cmp_ok(rows_read(sub { $each->($_) }, 'resource'), '>=', $USERS, 'which reads them all, and is seen to');
}

# A slow filter is ended after a limited time, and the client gets advice.
my $start = time;
is_error($t->request(GET => '/Users?filter=' . uri_escape_utf8(join ' or ', map { qq(emails.value co "zz$_") } 1 .. 128)), 400,
    'tooMany', qr/^The query has to read more resources than this server can within its time limit\./, 'a slow filter');
cmp_ok(time - $start, '<', 5, 'ends with ScimDatabaseTimeout');

# --- the order of lists ---------------------------------------------------------------------------------------------

my @orders = (
    [Users => '', 'user1'],
    [Users => 'sortBy=userName', 'user1'],
    [Users => 'sortBy=userName&sortOrder=descending', 'user9999'],
    [Users => 'sortBy=externalId', 'user1'],
    [Users => 'sortBy=displayName', 'user1'],
    # The index has only users with a value, and these come first.
    [Users => 'sortBy=name.familyName', 'user1'],
    [Users => 'sortBy=name.givenName&startIndex=20', 'user10014'],
    [Users => "sortBy=$ENTERPRISE:employeeNumber", 'user1'],
    [Users => 'sortBy=id&sortOrder=descending', "user$USERS"],
    # The last pages by number are read from the end.
    [Users => 'startIndex=' . ($USERS - 9), 'user' . ($USERS - 9)],
    [Users => 'startIndex=' . ($USERS - 1), 'user' . ($USERS - 1)],
    [Users => "sortBy=userName&sortOrder=descending&startIndex=$USERS", 'user1'],
    ['' => '', 'Group 1'],
    ['' => 'sortBy=displayName', 'Group 1'],
);
my $page = sub {
    my ($endpoint, $order, $first) = @{ $_[0] };
    my $res = $t->request(GET => "/$endpoint?count=5&attributes=displayName,userName&$order");
    is($res->{json}{Resources}[0]{userName} // $res->{json}{Resources}[0]{displayName}, $first, "/$endpoint $order: the first");
};
# --- pages by cursor --------------------------------------------------------------------------------------------------

# Each goes to the middle of a list by large pages; from there a page must read its own rows and little more, forward
# and back.
my $PAGE = 500;
my @walks = (
    [Users => ''],
    [Users => 'sortBy=userName'],
    [Users => 'sortBy=userName&sortOrder=descending'],
    [Users => 'sortBy=externalId'],
    [Users => 'sortBy=displayName'],
    [Users => 'sortBy=displayName&sortOrder=descending'],
    [Users => 'sortBy=name.familyName'],
    [Users => 'sortBy=name.familyName&sortOrder=descending'],
    [Users => 'sortBy=id&sortOrder=descending'],
    [Users => 'sortBy=meta.lastModified'],
    [Users => 'sortBy=meta.lastModified&sortOrder=descending'],
    ['' => ''],
    ['' => 'sortBy=displayName'],
);
my $at = sub {
    my ($walk, $cursor) = @_;
    return $t->request(GET => "/$walk->[0]?count=$PAGE&attributes=id&$walk->[1]&cursor=$cursor")->{json};
};
my @middle;
for my $walk (@walks) {
    my $answer = $at->($walk, '');
    $answer = $at->($walk, $answer->{nextCursor}) for 1 .. 20;
    push @middle, [$walk, $_] for @$answer{qw(nextCursor previousCursor)};
}
is(scalar @{ $at->(@$_)->{Resources} }, $PAGE, "/$_->[0]->[0] $_->[0]->[1]: a page in the middle") for @middle;

# --- administrators' lists of accounts --------------------------------------------------------------------------------------

my @lists = (['', 50], ["after=$MIDDLE", 50], ['sort=created', 50], ["sort=created&after=$MIDDLE", 50], ['order=descending', 50],
    ["order=descending&after=$MIDDLE", 50], ['sort=created&order=descending', 50], ["sort=created&order=descending&after=$MIDDLE", 50], ['q=user777', 11], ['q=User%2077', 50],
    ['source=local', 0], ['state=deleted', 0], ['protected=true', 0], ['role=administrator', 0], ['role=user', 50]);
my $list = sub {
    my ($query, $expected) = @{ $_[0] };
    is(scalar @{ $t->admin(GET => "/users?$query")->{json}{items} }, $expected, "accounts: $query");
};

# Orders that an index has, in both directions: a page reads its own rows, the row after it, the last row of the
# previous page, and the tenant's roles.
my $group = '00000002-0000-7000-8000-000000000500';
my @ordered = map { ("$_&order=ascending", "$_&order=descending") }
    (map {"/users?limit=50&sort=$_"} 'userName', 'created', "userName&after=$MIDDLE", "created&after=$MIDDLE"),
    (map {"/groups?limit=50&sort=$_"} 'displayName', 'created', "displayName&after=$group", "created&after=$group");
sub check_ordered {
    my ($when) = @_;
    for my $path (@ordered) {
        my $page;
        my $read = rows_read(sub { $page = $t->admin(GET => $path)->{json} }, 'resource');
        is(scalar @{ $page->{items} // [] }, 50, "$when: $path");
        cmp_ok($read, '<=', 60, "$when: $path reads itself") or diag "read $read rows";
    }
}

# An export reads its own rows, and the groups of those users.
sub check_exports {
    for my $path ('/user-export?limit=50', "/user-export?limit=50&after=$MIDDLE", '/user-export?limit=50&source=local') {
        my $page;
        my $read = rows_read(sub { $page = $t->admin(GET => $path)->{json} }, 'resource');
        is(scalar @{ $page->{items} // [] }, $path =~ /local/ ? 0 : 50, $path);
        cmp_ok($read, '<=', 170, "$path reads itself") or diag "read $read rows";
    }
}

# A search among 20,000 holders of a subscription finds its person on one of the next pages.
sub check_holders {
    my ($next, @found);
    for my $page (1 .. 3) {
        my $answer;
        my $read = rows_read(sub { $answer = $t->admin(GET => '/subscriptions/Subscription%202/users?q=user19999' . ($next ? "&after=$next" : ''))->{json} }, @BIG);
        cmp_ok($read, '<', 60_000, "page $page of a search among holders has read few rows") or diag "read $read rows";
        push @found, map {"$page $_->{userName}"} @{ $answer->{items} };
        $next = $answer->{next} // last;
    }
    is_json(\@found, ['2 user19999'], 'a search among holders goes on behind what it has looked at');
}

# --- the people to whom a template would apply ---------------------------------------------------------------------------

sub check_previews {
    for my $condition ('userName ew "7"', 'emails[type eq "work" and value ew "77@x.example"]', 'name.familyName eq "family777"',
        "not ($ENTERPRISE:employeeNumber eq \"E-7\") and (displayName co \"7\" or title pr)") {
        my $asked = uri_escape_utf8($condition);
        for my $path ("/template-preview/count?condition=$asked", "/template-preview?condition=$asked") {
            my $start = Time::HiRes::time();
            is($t->admin(GET => $path)->{status}, 200, "$path");
            cmp_ok(Time::HiRes::time() - $start, '<', 2, 'among 100,000 users within two seconds');
        }
    }
}

# --- memberships of the large group -----------------------------------------------------------------------------------

sql("delete from scim.membership where tenant = '@{[$t->tenant]}' and member_id = '$MIDDLE'");
my $large = '/Groups/00000002-0000-7000-8000-000000000001';
my @changes = (
    { op => 'add', path => 'members', value => [{ value => $MIDDLE }] },
    { op => 'add', path => 'members', value => [{ value => $MIDDLE }] },
    { op => 'remove', path => qq(members[value eq "$MIDDLE"]) },
    { op => 'remove', path => 'members', value => [{ value => $MIDDLE }] },
);
my $change = sub {
    my $res = $t->request(PATCH => $large, { schemas => [$PATCH], Operations => [@_] });
    is($res->{status}, 204, "$_[0]{op} one of $USERS members");
};

# --- effective access ---------------------------------------------------------------------------------------------------

# Limits of rows: the access of one account, which has two subscriptions, one of them with all seats taken; and pages of
# a subscription's holders: from the beginning, from the middle, of those who wait, and of few.
my @access = (
    ["/users/$member/access", 4000],
    ['/subscriptions/subscription%201/users?limit=50', 2000],
    ['/subscriptions/subscription%202/users?limit=50', 6000],
    ['/subscriptions/subscription%202/users?limit=50&standing=waiting', 6000],
    ['/subscriptions/subscription%206/users?limit=50', 2000],
    ["/groups/Group%201/members?limit=50&after=$MIDDLE", 400],
    ['/mappings?limit=50', 400],
    ['/mappings?limit=50&subscription=Subscription%202', 400],
    ['/grants?limit=50', 400],
    ["/grants?user=$member", 400],
    ['/overview', 30_000],
    ['/subscriptions?limit=50', 30_000],
    ['//tenants?limit=50', 400],
    ['//me', 400],
    ["/users/$member/history", 400],
    ["/audit?user=$member", 400],
    ['/audit?request=none', 400],
    # A search that no index can answer reads a limited number of entries, and says where the next page continues.
    ['/audit?q=nobody', 20_400],
    ['/audit?action=none', 20_400],
    ['/audit?actor=nobody', 400],
    ["/audit?objectId=$member", 400],
    ['/audit?until=2020-01-01T00:00:00Z', 800],
    ['/audit?since=2100-01-01T00:00:00Z', 800],
    ["/activity?user=$member", 400],
    ['/access?limit=50', 12_000],
    ['/subscriptions/Subscription%206/users', 1000],
    ['/subscriptions/Subscription%206/users?q=user777', 12_000],
    ['/users?limit=50&group=Group%202', 60],
    ['/users?limit=50&group=Group%201', 6000],
    ['/users?limit=50&subscription=Subscription%206', 8000],
    ['/users?limit=50&subscription=Subscription%202', 12_000],
    ['/users?limit=50&q=user', 6000],
    ['/users?limit=50&q=ser19999', 11_000],
    ['/users?limit=50&q=zzzz&sort=created', 11_000],
    ['/users?limit=50&state=inactive', 11_000],
    ['/users?limit=50&source=local', 60],
    ['/users?limit=50&state=deleted', 60],
    ['/users?limit=50&protected=true&order=descending', 60],
    ['/users?limit=50&role=read-only', 60],
    ['/users?limit=50&role=user', 300],
    ['/duplicates?limit=50', 17_000],
    ['/duplicates?limit=50&after=user5', 17_000],
    ['/duplicates?limit=50&q=user', 17_000],
    ['/roles', 60],
    # A search that no index can answer reads 10,000 rows of the list, in its order.
    ['/groups/Group%201/members?q=nobody', 21_000],
    ['/template-preview?condition=userName%20co%20%22nobody%22', 11_000],
    ['/template-preview?condition=userName%20sw%20%22user%22', 200],
    ['/template-preview?condition=displayName%20pr&q=nobody', 11_000],
    ['/links', 200],
    ['/links?q=nobody', 200],
    ["/links?user=$member", 60],
    ['/grants?q=nobody', 19_000],
    ['/grants?source=login', 6400],
);
my $look = sub { is($t->admin(GET => $_[0][0])->{status}, 200, $_[0][0]) };

# The whole list of duplicates, page by page: each page reads a limited number of keys, and says how far it has come,
# even if it is empty.
sub alike {
    my ($query) = @_;
    my ($next, $pages, @found) = ('', 0);
    while (defined $next && $pages++ < 50) {
        my $page = $other->admin(GET => "/duplicates?$query" . ($next && '&after=' . uri_escape_utf8($next)))->{json};
        push @found, map { [$_->{key}, map { $_->{userName} } @{ $_->{accounts} }] } @{ $page->{items} };
        $next = $page->{next};
    }
    return ($pages, @found);
}
my $copy = sub {
    my ($name, $external) = @_;
    sql("insert into scim.resource (tenant, type, id, doc) values ('@{[$other->tenant]}', 'User', gen_random_uuid(), jsonb_build_object('schemas', array ['$USER'], 'userName', '$name', 'externalId', '$external'))");
};
is_json([alike('limit=2')], [3], 'three pages of nobody');
my $last = $other->admin(GET => '/duplicates')->{json}{next};
$copy->('at-the-end', $last);
$copy->('user4999@X.example', 'none');
$copy->('another', 'ext777');
my @alike = (['ext777', 'user777', 'another'], [$last, $last =~ s/ext/user/r, 'at-the-end'], ['user4999@x.example', 'user4999', 'user4999@X.example']);
my ($pages, @found) = alike('limit=2');
is_json([sort { $a->[0] cmp $b->[0] } @found], [sort { $a->[0] cmp $b->[0] } @alike], 'all of them are found, the one where a page ended as well');
is_json([map { $_->[0] } @found], [sort map { $_->[0] } @found], 'in the order of what they share');
is_json([(alike('limit=1'))[1 .. 3]], \@found, 'by pages of one as well');
is_json([alike('q=ext777')], [1, ['ext777', 'user777', 'another']], 'and by a text');

# --- the rows read, for all kinds of statistics -------------------------------------------------------------------------

# Rows without a value, and rows of another type, are read at their position in the index.
sub check_orders {
    my ($when) = @_;
    reads_less(1000 * @orders, "$when: what is sorted by an index reads its page and no more", sub { $page->($_) for @orders });
    reads_less(($PAGE + 100) * @middle, "$when: a page by cursor in the middle of a list reads itself and no more", sub { $at->(@$_) for @middle });
}
sub check_reading {
    my ($when) = @_;
    check_orders($when);
    is_json(check_reads(@filters), [], "$when: all filters together have read few rows");
    reads_less(300 * @lists, "$when: a page of accounts reads itself and little more", sub { $list->($_) for @lists });
    check_ordered($when);
    reads_less(200, "$when: four changes of a large group have read few rows", sub { $change->($_) for @changes });
    reads_less(2 * $USERS + 1000, "$when: the members of a large group are read once", sub { is($t->request(GET => $large, undef, ':host' => 'patient.test')->{status}, 200, 'a large group') });
    for my $case (@access) {
        reads_less($case->[1], "$when: $case->[0] has read few rows", sub { $look->($case) });
    }
}

is(sql("select string_agg(i.indexrelid::regclass::text, ', ') from pg_index i where i.indrelid = 'scim.resource'::regclass and obj_description(i.indexrelid, 'pg_class') is null"),
    '', 'each index of resources names whom it is for (comment on index)');
check_orders('many small tenants and one that was not seen');
look();
check_reading('many small tenants and a large one');
check_statements();
sql("set session_replication_role = replica; " . join ' ', map {"delete from scim.$_ where $small;"} qw(resource membership lookup));
look();
check_reading('few tenants');
check_statements();
check_holders();
check_previews();
check_exports();

# --- lists of accounts of which few match -------------------------------------------------------------------------------

# Pages that say how far they have searched, until the end; the matching rows are far from the beginning.
sub walk_of {
    my ($path, $name, $most) = @_;
    my ($next, $pages, @found) = ('', 0);
    while (defined $next && $pages++ < 50) {
        my $page;
        reads_less($most, "a page of $path", sub { $page = $t->admin(GET => $path . ($next && "&after=$next"))->{json} });
        push @found, map { $_->{$name} } @{ $page->{items} };
        $next = $page->{next};
    }
    return ($pages, @found);
}
sub walk { return walk_of("/users?limit=50&$_[0]", 'userName', 31_000) }
is_json([walk('q=ser19999')], [3, 'user19999'], 'by a part of a name');
is_json([walk('q=ser19999&sort=created&order=descending')], [3, 'user19999'], 'in another order');
is_json([walk('q=SER8888%40X&group=Group%201')], [3, 'user8888'], 'by a part of an address, in a group of all');
is($t->admin(POST => '/mappings', { group => 'Group 1', role => 'read-only' })->{status}, 201, 'all have a role by their group');
sql("delete from scim.membership where tenant = '@{[$t->tenant]}' and group_id = '00000002-0000-7000-8000-000000000001' and member_id = '00000001-0000-7000-8000-000000019999'");
is_json([walk('role=user')], [3, 'user19999', 'user5000'], 'two are not in it');

# The same for other lists with a search: 10,000 rows, and a page that is not full continues after them.
my $group1 = '/groups/Group%201/members?q=';
is_json([walk_of("${group1}SER1999", 'name', 21_000)], [2, map {"user$_"} 1999, 19990 .. 19998], 'members by a part of a name');
is_json([walk_of("${group1}ser1999&limit=4", 'name', 21_000)], [4, map {"user$_"} 1999, 19990 .. 19998], 'by pages of four');
is_json([walk_of("${group1}nobody", 'name', 21_000)], [2], 'nobody');
my $condition = '/template-preview?condition=';
is_json([walk_of($condition . uri_escape_utf8('userName ew "9999"'), 'userName', 11_000)], [3, 'user9999', 'user19999'], 'users by a condition');
is_json([walk_of($condition . uri_escape_utf8('userName ew "9999"') . '&q=USER%2019999', 'userName', 11_000)], [3, 'user19999'], 'and by a part of a name');
is_json([walk_of($condition . uri_escape_utf8('userName ew "0001"') . '&limit=1', 'userName', 13_000)], [3, 'user10001'], 'by pages of one');
sql(<<"SQL");
insert into scim.link (tenant, id, user_id, issuer, subject)
select '@{[$t->tenant]}', ('00000009-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, '$MIDDLE', 'issuer', 'sübject' || i from generate_series(1, 12000) i;
insert into scim.access_grant (tenant, id, user_id, subscription_id, source)
select '@{[$t->tenant]}', ('0000000a-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
       '00000003-0000-7000-8000-000000000001', case i when 11000 then 'login' else 'template' end
  from generate_series(1, 12000) i;
SQL
is_json([walk_of('/links?q=SUBJECT1199', 'subject', 10_100)], [2, map {"sübject$_"} 1199, 11990 .. 11999], 'links by a part of a subject');
is_json([walk_of("/links?user=$MIDDLE&q=SUBJECT1199", 'subject', 13_000)], [2, map {"sübject$_"} 1199, 11990 .. 11999], 'and those of one user');
is_json([walk_of('/grants?q=user11000', 'userName', 31_000)], [2, 'user11000'], 'grants by a part of a name');
is_json([walk_of('/grants?source=login', 'userName', 10_400)], [2, 'user11000'], 'and by their source');
# 20,000 requests, the newest first.
sql(<<"SQL");
insert into scim.activity (tenant, at, token, token_name, method, path, status, duration, object, reason)
select '@{[$t->tenant]}', now() - interval '1 hour' - i * interval '1 second', 'k', 'filler', case i when 30000 then 'DELETE' else 'PUT' end, '/Users/filler' || i,
       case i % 2 when 0 then 400 else 200 end, 1, 'filler' || i, case i % 2 when 0 then 'filler' end
  from generate_series(1, 50000) i;
SQL
is_json([walk_of('/activity?token=filler&q=fIller4999', 'path', 1000)], [3, '/Users/filler4999', map {"/Users/filler$_"} 49990 .. 49999], 'requests by a part of a name');
is_json([walk_of('/activity?token=filler&q=filler4999&limit=3', 'path', 1000)], [6, '/Users/filler4999', map {"/Users/filler$_"} 49990 .. 49999], 'by pages of three');
is_json([walk_of('/activity?token=filler&method=DELETE', 'path', 1000)], [3, '/Users/filler30000'], 'by their method');
is_json([walk_of('/activity?outcome=refused&method=DELETE', 'path', 1000)], [2, '/Users/filler30000'], 'of those that were refused');

done_testing;
