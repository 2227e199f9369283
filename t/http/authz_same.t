# The statements by which httpd decides give the answers of the view that applications read (scim_app.facts), whatever there is of
# policies, groups in groups, mappings, grants, seats, roles and accounts. What there is, is made at random.
use strict;
use warnings;
use Encode 'encode';
use Test::More;
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
my @users = map { { name => "user$_", id => $t->make(Users => userName => "User$_", (rand() < 0.4 ? (roles => [{ value => some(qw(user read-only)) }]) : ())) } } 1 .. 8;
my @groups = map { $t->make(Groups => displayName => "Group $_") } 1 .. 7;
$t->admin(POST => '/subscriptions', { name => "Sub $_", ($_ % 2 ? (seats => $_) : ()), automatic => $_ % 3 == 0 ? true : false }) for 1 .. 5;
$t->admin(POST => '/flags', { flag => 'f' });

# Each of these may be refused, which is as good.
my @changes = (
    sub { $t->patch('/Groups/' . some(@groups), [{ op => 'add', path => 'members', value => [{ value => some(@users)->{id} }] }]) },
    sub { $t->patch('/Groups/' . some(@groups), [{ op => 'add', path => 'members', value => [{ value => some(@users)->{id} }] }]) },
    sub { $t->patch('/Groups/' . some(@groups), [{ op => 'add', path => 'members', value => [{ value => some(@groups), type => 'Group' }] }]) },
    sub { $t->patch('/Groups/' . some(@groups), [{ op => 'remove', path => 'members[value eq "' . some(@users)->{id} . '"]' }]) },
    sub { $t->admin(POST => '/mappings', { group => 'Group ' . (1 + int rand 7), subscription => 'Sub ' . (1 + int rand 5) }) },
    sub { $t->admin(POST => '/mappings', { group => 'Group ' . (1 + int rand 7), role => some(qw(administrator read-only office-admin)) }) },
    sub { $t->admin(POST => '/grants', { user => some(@users)->{name}, subscription => 'Sub ' . (1 + int rand 5) }) },
    sub { $t->admin(POST => '/users/' . some(@users)->{name} . '/login', {}) },
    sub { $t->admin(PATCH => "//tenants/$tenant", { syncPolicy => some(qw(manual all groups groups)) }) },
    sub { $t->admin(PATCH => "//tenants/$tenant", { loginPolicy => some(qw(manual first-login)) }) },
    sub { $t->admin(PATCH => '/users/' . some(@users)->{name}, { flags => some([], ['f']) }) },
    sub { $t->patch('/Users/' . some(@users)->{id}, [{ op => 'replace', path => 'active', value => some(true, false, true) }]) },
    sub { $t->admin(POST => '/users/' . some(@users)->{name} . '/' . some(qw(protect unprotect)), {}) },
    sub { $t->request(DELETE => '/Groups/' . some(@groups)) if rand() < 0.1 },
);

# A row of text for each account: what a statement says, and what the view says of the same columns.
my %columns = (
    facts              => 'id,user_name,active,flags',
    facts_roles        => 'id,user_name,active,flags,role,roles',
    facts_entitlements => 'id,user_name,active,flags,entitlements',
    facts_groups       => 'id,user_name,active,flags,groups',
    facts_all          => 'id,user_name,active,flags,role,roles,entitlements,groups',
    facts_linked       => 'id,user_name,active,flags,role,roles,entitlements,groups',
);
my @all = qw(enabled id user_name active flags first taken role roles entitlements waiting groups link);
my %list = map { $_ => 1 } qw(flags roles entitlements groups);
sub rows {
    my ($columns, $from) = @_;
    local $ENV{PGUSER} = 'scim_web';
    return [map { sql("set scim.tenant = '$tenant'; select concat_ws('|', " . join(', ', map { $list{$_} ? "coalesce($_, '{}')" : $_ } split /,/, $columns)
        . ') from ' . $from->($_)) } @users];
}
for my $round (1 .. 12) {
    some(@changes)->() for 1 .. 6;
    my $wrong = 0;
    for my $name (@names) {
        my $got = rows($columns{$name}, sub {
            my ($user) = @_;
            my $statement = $text{$name} =~ s/\$1\b/'$tenant'/gr =~ s/\$2\b/'$user->{name}'/gr =~ s/\$[34]\b/'x'/gr;
            return "($statement) x (" . join(', ', @all[0 .. ($name eq 'facts_linked' ? 12 : 11)]) . ')';
        });
        my $expected = rows($columns{$name}, sub { "scim_app.facts where user_name_key = '$_[0]{name}'" });
        next if "@$got" eq "@$expected";
        $wrong++;
        is_deeply($got, $expected, "round $round: $name");
    }
    my $waiting = rows('waiting', sub { '(' . ($text{facts_entitlements} =~ s/\$1\b/'$tenant'/gr =~ s/\$2\b/'$_[0]{name}'/gr) . ') x (' . join(', ', @all[0 .. 11]) . ')' });
    my $expected = rows("(select array_agg(a.name order by a.name) from scim_app.effective_access a where a.user_id = facts.id and a.kind = 'subscription' and not a.seated)",
        sub { "scim_app.facts where user_name_key = '$_[0]{name}'" });
    is_deeply($waiting, $expected, "round $round: who waits") or $wrong++;
    ok(!$wrong, "round $round: as the view has it") or last;
}
done_testing;
