# httpd's statements for decisions give the same answers as the applications' view (scim_app.facts), for random
# policies, nested groups, mappings, grants, seats, roles and accounts. The long statements, for all tenants, are
# executed directly; the short ones are tested by requests to an httpd.
use strict;
use warnings;
use Encode 'encode';
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my $seed = $ENV{SCIM_TEST_SEED} // time;
srand $seed;
note "SCIM_TEST_SEED=$seed";
my $statements = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/statements.sql"; <> };
my @names = qw(facts facts_roles facts_entitlements facts_groups facts_all facts_linked);
my %text = map { $_ => $statements =~ /^prepare \Q$_\E as\n(.*?);$/ms ? $1 : die "no statement $_" } @names;
sub some { return $_[rand @_] }

my $t = ScimTest->new('same');
my $tenant = $t->tenant;
my @users = map { { name => "user$_", id => $t->make(Users => userName => "User$_", emails => [{ value => "user$_\@mail.example", primary => true }], (rand() < 0.4 ? (roles => [{ value => some(qw(user read-only)) }]) : ())) } } 1 .. 8;
my @groups = map { $t->make(Groups => displayName => "Group $_") } 1 .. 7;
$t->admin(POST => '/subscriptions', { name => "Sub $_", ($_ % 2 ? (seats => $_) : ()), automatic => $_ % 3 == 0 ? true : false }) for 1 .. 5;
$t->admin(POST => '/flags', { flag => 'f' });

# There is no short statement for a tenant that has ever had nested groups, so a run tests either kind.
my $nested = $ENV{SCIM_TEST_NESTED} // rand() < 0.3;
note 'groups in groups: ', $nested ? 'yes' : 'no';

sub take_away {
    my ($noun) = @_;
    my @items = @{ $t->admin(GET => "/$noun")->{json}{items} };
    $t->admin(DELETE => "/$noun/" . some(@items)->{id}) if @items;
}

# The server may refuse some of these changes, which does not matter.
my @changes = (
    sub { $t->patch('/Groups/' . some(@groups), [{ op => 'add', path => 'members', value => [{ value => some(@users)->{id} }] }]) },
    sub { $t->patch('/Groups/' . some(@groups), [{ op => 'add', path => 'members', value => [{ value => some(@users)->{id} }] }]) },
    sub { $t->patch('/Groups/' . some(@groups), [{ op => 'add', path => 'members', value => [{ value => some(@groups), type => 'Group' }] }]) if $nested },
    sub { $t->patch('/Groups/' . some(@groups), [{ op => 'remove', path => 'members[value eq "' . some(@users)->{id} . '"]' }]) },
    sub { $t->admin(POST => '/mappings', { group => 'Group ' . (1 + int rand 7), subscription => 'Sub ' . (1 + int rand 5) }) },
    sub { $t->admin(POST => '/mappings', { group => 'Group ' . (1 + int rand 7), role => some(qw(administrator read-only office-admin)) }) },
    sub { take_away('mappings') },
    sub { $t->admin(POST => '/mappings/many', { groups => [map { 'Group ' . (1 + int rand 7) } 1 .. 2], subscriptions => ['Sub ' . (1 + int rand 5)] }) },
    sub { take_away('grants') },
    sub { my $n = 1 + int rand 5; $t->admin(PATCH => "/subscriptions/Sub%20$n", { seats => some(undef, undef, 1, 3) }) },
    sub { $t->admin(POST => '/grants', { user => some(@users)->{name}, subscription => 'Sub ' . (1 + int rand 5) }) },
    sub { $t->admin(POST => '/users/' . some(@users)->{name} . '/login', {}) },
    sub { $t->admin(PATCH => "//tenants/$tenant", { syncPolicy => some(qw(manual all groups groups)) }) },
    sub { $t->admin(PATCH => "//tenants/$tenant", { loginPolicy => some(qw(manual first-login manual)) }) },
    sub { $t->admin(PATCH => "//tenants/$tenant", { loginAttribute => some(qw(userName email)) }) },
    sub { $t->admin(PATCH => '/users/' . some(@users)->{name}, { flags => some([], ['f']) }) },
    sub { $t->patch('/Users/' . some(@users)->{id}, [{ op => 'replace', path => 'active', value => some(true, false, true) }]) },
    sub { $t->admin(POST => '/users/' . some(@users)->{name} . '/' . some(qw(protect unprotect)), {}) },
    sub { $t->request(DELETE => '/Groups/' . some(@groups)) if rand() < 0.1 },
);

# For each account one row as text: from a statement, and from the view with the same columns.
my %columns = (
    facts              => 'id,user_name,active,flags',
    facts_roles        => 'id,user_name,active,flags,role,roles',
    facts_entitlements => 'id,user_name,active,flags,entitlements',
    facts_groups       => 'id,user_name,active,flags,groups',
    facts_all          => 'id,user_name,active,flags,role,roles,entitlements,groups',
    facts_linked       => 'id,user_name,active,flags,role,roles,entitlements,groups',
);
my @all = qw(enabled id user_name active flags first taken role roles entitlements waiting groups link login_attribute nests sync_policy login_policy);
my %list = map { $_ => 1 } qw(flags roles entitlements groups);
# The person's login name, by the tenant's login attribute.
sub login {
    my ($user) = @_;
    local $ENV{PGUSER} = 'postgres';
    return $user->{name} . (sql("select login_attribute from scim.tenant where tenant = '$tenant'") eq 'email' ? '@mail.example' : '');
}

sub rows {
    my ($columns, $from) = @_;
    local $ENV{PGUSER} = 'scim_web';
    return [map { sql("set scim.tenant = '$tenant'; select concat_ws('|', " . join(', ', map { $list{$_} ? "coalesce($_, '{}')" : $_ } split /,/, $columns)
        . ') from ' . $from->($_)) } @users];
}
# httpd's decisions about everything in the tenant, and the expected ones.
my @roles = qw(administrator read-only office-admin user);
my %asked = (
    (map { ("/sub$_" => qq(scim-entitlement "Sub $_")) } 1 .. 5),
    '/some' => 'scim-entitlement "sub 2" "SUB 3"',
    '/none' => 'scim-entitlement "Sub 9"',
    (map { ("/$_" => "scim-role $_") } @roles),
    (map { ("/group$_" => qq(scim-group "Group $_")) } 1 .. 7),
    '/user' => 'scim-user',
    '/flag' => 'scim-flag f',
);
my $site = ScimAuthz->new($t, join('', qq(AliasMatch "^/[a-z0-9-]+\$" "$ScimFront::home/site/index.html"\n), "Header always set X-Reason \"expr=%{note:scim-reason}\"\n",
    map { qq(<Location "$_">\nAUTH\nTENANT\nRequire $asked{$_}\n</Location>\n) } sort keys %asked), qw(headers));

sub answers {
    my ($user) = @_;
    my $login = login($user);
    return map { my $res = $site->ask($_, $login); "$_ $res->{status}" . ($res->{status} == 200 ? '' : ' ' . $res->{headers}->header('X-Reason')) } sort keys %asked;
}

sub expected {
    my ($user) = @_;
    my ($active, $flags, $roles, $groups, $seats, $waits) = split /\|/, sql("set scim.tenant = '$tenant'; select active, array_to_string(flags, ','), array_to_string(roles, ','),
        array_to_string(groups, ','), array_to_string(entitlements, ','), (select string_agg(a.name, ',') from scim_app.effective_access a
         where a.user_id = facts.id and a.kind = 'subscription' and not a.seated) from scim_app.facts where user_name_key = '$user->{name}'"), -1;
    my ($seated, $waiting) = map { my %has = map { $_ => 1 } split /,/, $_; \%has } $seats, $waits;
    my %has = ((map { ("/$_" => 1) } split /,/, $roles), (map { (lc s{(\w+) }{/$1}r => 1) } split /,/, $groups), ($flags ? ('/flag' => 1) : ()), '/user' => 1);
    my %noun = ('/flag' => 'flag f', (map { ("/$_" => "role $_") } @roles), (map { ("/group$_" => "group Group $_") } 1 .. 7));
    my $entitled = sub { join '; ', map { my $name = ucfirst lc; $seated->{$name} ? () : $waiting->{$name} ? "waiting for a seat of $_" : "no entitlement $_" } @_ };
    my %may = ((map { ("/sub$_" => [1, "Sub $_"]) } 1 .. 5), '/some' => [2, 'sub 2', 'SUB 3'], '/none' => [1, 'Sub 9']);
    return map { my $place = $_; my ($most, @names) = @{ $may{$place} // [] };
        my $why = $active ne 't' ? 'inactive' : @names ? $entitled->(@names) : $has{$place} ? '' : "no $noun{$place}";
        my $given = $active eq 't' && (@names ? $most > (() = $why =~ /(waiting|no ent)/g) : $has{$place});
        $given ? "$place 200" : "$place 403 $why" } sort keys %asked;
}

for my $round (1 .. 12) {
    some(@changes)->() for 1 .. 6;
    my $wrong = 0;
    for my $name (@names) {
        my $got = rows($columns{$name}, sub {
            my ($user) = @_;
            my $statement = $text{$name} =~ s/\$1\b/'$tenant'/gr =~ s/\$2\b/"'" . login($user) . "'"/ger =~ s/\$[34]\b/'x'/gr;
            return "($statement) x (" . join(', ', @all) . ')';
        });
        my $expected = rows($columns{$name}, sub { "scim_app.facts where user_name_key = '$_[0]{name}'" });
        next if "@$got" eq "@$expected";
        $wrong++;
        is_deeply($got, $expected, "round $round: $name");
    }
    my $waiting = rows('waiting', sub { '(' . ($text{facts_entitlements} =~ s/\$1\b/'$tenant'/gr =~ s/\$2\b/"'" . login($_[0]) . "'"/ger) . ') x (' . join(', ', @all) . ')' });
    my $expected = rows("(select array_agg(a.name order by a.name) from scim_app.effective_access a where a.user_id = facts.id and a.kind = 'subscription' and not a.seated)",
        sub { "scim_app.facts where user_name_key = '$_[0]{name}'" });
    is_deeply($waiting, $expected, "round $round: who waits") or $wrong++;
    for my $user (@users) {
        my ($got, $expected) = map { [$_->($user)] } \&answers, \&expected;
        is_deeply($got, $expected, "round $round: what httpd says to $user->{name}") or $wrong++;
    }
    ok(!$wrong, "round $round: as the view has it") or last;
}
done_testing;
