# No statement reads a tenant's whole table where a row would do: each named statement is planned, and the filters that identity
# providers send are run, on a tenant with 20,000 users and a group of 20,000.
use strict;
use warnings;
use utf8;
use Encode 'encode';
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $USERS = 20_000;
my $t     = ScimTest->new('plans');
my $other = ScimTest->new('plans-other');

for my $tenant (map { $_->tenant } $t, $other) {
    sql(<<"SQL");
insert into scim.resource (tenant, type, id, doc)
select '$tenant', 'User', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
       jsonb_build_object('schemas', array ['$USER'], 'userName', 'user' || i, 'externalId', 'ext' || i,
                          'displayName', 'User ' || i,
                          'emails', jsonb_build_array(jsonb_build_object('type', 'work', 'value', 'user' || i || '\@x.example')))
  from generate_series(1, $USERS) i;
insert into scim.resource (tenant, type, id, doc)
select '$tenant', 'Group', ('00000002-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
       jsonb_build_object('schemas', array ['$GROUP'], 'displayName', 'Group ' || i)
  from generate_series(1, 2000) i;
insert into scim.membership (tenant, group_id, member_id, member_type)
select tenant, '00000002-0000-7000-8000-000000000001', id, 'User' from scim.resource where tenant = '$tenant' and type = 'User';
insert into scim.token (tenant, key_id, digest, name, created_by, expires)
select '$tenant', 'key' || i, sha256(i::text::bytea), 'token ' || i, 'test', now() + interval '1 day'
  from generate_series(1, 2000) i;
SQL
}
sql("vacuum analyze scim.$_") for qw(tenant token resource lookup membership);

# --- the named statements ---------------------------------------------------------------------------------------------

# What reads many rows because many are asked for, or has no tenant.
my %many = (
    schema_version => 'one row for each migration',
    resource_count => 'counts all that match',
    resource_count_all => 'counts all that match',
    tenant_list    => 'lists all tenants',
    tenant_add     => 'tenants are few',
    tenant_show    => 'tenants are few',
    tenant_enable  => 'tenants are few',
    tenant_restore => 'tenants are few',
    token_list     => 'lists the tokens of a tenant',
);
# A page is read in the order of its index and ends with its limit.
my %paged = map { $_ => 1 } qw(resource_list resource_list_groups resource_list_members resource_list_all);

my $prepared = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/statements.sql"; <> };
my @names = $prepared =~ /^prepare (\w+) as$/mg;
cmp_ok(scalar @names, '>=', 20, 'statements are there');
for my $name (keys %many) {
    ok((grep { $_ eq $name } @names), "$name, which is let pass, exists");
}

my %known = map { $_ => 1 } qw(resource membership lookup token);
# Accesses of a big table by no more than tenant and type, described.
sub scans {
    my ($node, $limited) = @_;
    my @found;
    my $table = $node->{'Relation Name'} // '';
    if ($known{$table} && $node->{'Node Type'} =~ /Scan/ && $node->{'Node Type'} !~ /^Bitmap Heap/) {
        my $condition = $node->{'Index Cond'} // '';
        (my $rest = $condition) =~ s/\b(tenant|type|attribute)\b//g;
        push @found, "$node->{'Node Type'} on $table ($condition)" unless $rest =~ /\b(id|\w+_id|\w+_key|key|name)\b/ || $limited;
    }
    $limited ||= $node->{'Node Type'} eq 'Limit';
    push @found, map { scans($_, $limited && $_->{'Parent Relationship'} ne 'SubPlan') } @{ $node->{Plans} // [] };
    return @found;
}

for my $name (grep { !$many{$_} } @names) {
    my ($text) = $prepared =~ /^(prepare \Q$name\E as\n.*?;)$/ms;
    my ($n) = sort { $b <=> $a } 0, $text =~ /\$(\d+)/g;
    my $arguments = $n ? '(' . join(', ', ('null') x $n) . ')' : '';
    # The web role has settings of its own, which come with its login.
    my $web = $name !~ /^(tenant|token)_/;
    local $ENV{PGUSER} = $web ? 'scim_web' : $ENV{PGUSER};
    my $plan = eval { unjson(encode 'UTF-8', sql(join "\n", $web ? () : 'set role scim_owner;', 'set plan_cache_mode = force_generic_plan;',
        "set scim.tenant = '" . $t->tenant . "';", $text, "explain (format json) execute $name$arguments;")) };
    ok($plan, "$name is planned") or diag $@;
    is_json([$plan ? scans($plan->[0]{Plan}, 0) : ()], [], "$name scans no tenant") unless $paged{$name};
}

# --- filters, by what they read ---------------------------------------------------------------------------------------

my $big = "schemaname = 'scim' and relname in ('resource', 'lookup', 'membership')";

# Rows that index and table scans of the big tables have read so far. Backends report once a second at the most, and when they
# are busy again; so they are asked for little until the number stands still.
sub rows_read {
    my ($last, $now) = (-1, 0);
    for (1 .. 10) {
        select undef, undef, undef, 1.1;
        $t->request(GET => '/Users?count=0&filter=' . uri_escape_utf8('id eq "none"')) for 1 .. 16;
        select undef, undef, undef, 0.3;
        $now = sql("select (select sum(seq_tup_read) from pg_stat_user_tables where $big)
            + (select sum(idx_tup_read) from pg_stat_user_indexes where $big)");
        last if $now == $last;
        $last = $now;
    }
    return $now;
}
my $member = '00000001-0000-7000-8000-000000000777';
my @filters = (
    [Users  => 'userName eq "USER777"'],
    [Users  => 'externalId eq "ext777"'],
    [Users  => qq(id eq "$member")],
    [Users  => 'displayName eq "user 777"'],
    [Users  => 'emails.value eq "user777@X.example"'],
    [Users  => 'emails[type eq "work"].value eq "user777@x.example"'],
    [Users  => 'emails[type eq "work" and value eq "user777@x.example"]'],
    [Users  => 'userName eq "user777" and externalId eq "ext777"'],
    [Groups => 'displayName eq "group 777"'],
    ['' => 'userName eq "user777"'],
    ['' => 'externalId eq "ext777"'],
    ['' => 'displayName eq "group 777"'],
    ['' => qq(id eq "$member")],
    ['' => 'emails.value eq "user777@x.example"'],
    ['' => 'meta.resourceType eq "User" and userName eq "user777"'],
    [Groups => qq(members.value eq "$member" and displayName eq "Group 1")],
    [Groups => qq(id eq "00000002-0000-7000-8000-000000000001" and members[value eq "$member"])],
);
my $each = sub {
    my ($endpoint, $filter) = @{ $_[0] };
    my $res = $t->request(GET => "/$endpoint?excludedAttributes=members&filter=" . uri_escape_utf8($filter));
    is($res->{json}{totalResults}, 1, "$filter finds one");
};
$each->($_) for @filters;    # prepares them
my $before = rows_read();
$each->($_) for @filters;
my $read = rows_read() - $before;
cmp_ok($read, '<', 60 * @filters, 'all filters together have read few rows');
diag "read $read rows" if $read >= 60 * @filters;

# --- the order of lists ---------------------------------------------------------------------------------------------

my @orders = (
    [Users => '', 'user1'],
    [Users => 'sortBy=userName', 'user1'],
    [Users => 'sortBy=userName&sortOrder=descending', 'user9999'],
    [Users => 'sortBy=externalId', 'user1'],
    [Users => 'sortBy=displayName', 'user1'],
    [Users => 'sortBy=id&sortOrder=descending', "user$USERS"],
    ['' => '', 'Group 1'],
    ['' => 'sortBy=displayName', 'Group 1'],
);
my $page = sub {
    my ($endpoint, $order, $first) = @{ $_[0] };
    my $res = $t->request(GET => "/$endpoint?count=5&attributes=displayName,userName&$order");
    is($res->{json}{Resources}[0]{userName} // $res->{json}{Resources}[0]{displayName}, $first, "/$endpoint $order: the first");
};
$page->($_) for @orders;
$before = rows_read();
$page->($_) for @orders;
$read = (rows_read() - $before) / @orders;
# Each also counts all; what has no value, and what is of another type, is read where it stands in the index.
cmp_ok($read, '<', $USERS + 5000, 'what is sorted by an index reads its page and no more') or diag "read $read rows each";

# --- memberships of the large group -----------------------------------------------------------------------------------

my $new = $t->make(Users => userName => 'newcomer');
my $large = '/Groups/00000002-0000-7000-8000-000000000001';
my @changes = (
    { op => 'add', path => 'members', value => [{ value => $new }] },
    { op => 'add', path => 'members', value => [{ value => $new }] },
    { op => 'remove', path => qq(members[value eq "$new"]) },
    { op => 'remove', path => 'members', value => [{ value => $new }] },
);
my $change = sub {
    my $res = $t->request(PATCH => $large, { schemas => [$PATCH], Operations => [@_] });
    is($res->{status}, 204, "$_[0]{op} one of $USERS members");
};
$change->($_) for @changes;
$before = rows_read();
$change->($_) for @changes;
$read = rows_read() - $before;
cmp_ok($read, '<', 200, 'four changes of a large group have read few rows') or diag "read $read rows";

done_testing;
