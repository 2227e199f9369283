# Templates' conditions are evaluated in C for new accounts, and in SQL for a preview of existing ones. Random
# conditions give the same result for the same random accounts.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $seed = $ENV{SCIM_TEST_SEED} // time;
srand $seed;
note "SCIM_TEST_SEED=$seed";

my $t    = ScimTest->new('template-conditions');
my $own  = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my ($CONDITIONS, $USERS, $SINGLE, $LOCAL) = (160, 150, 25, 15);

sub one { return $_[rand @_] }
sub maybe { my ($share, @made) = @_; return rand() < $share ? @made : () }

# --- accounts ---------------------------------------------------------------------------------------------------------------------------

# No two have the same externalId, because a POST with that of an inactive account would restore that one.

my @WORDS = ('Ann', 'ANN', 'ann lee', 'Müller', 'MÜLLER', 'Straße', 'STRASSE', "O'Neil", 'a\\b', '$1 %s', 'x"y', 'ǅ', 'İ', '日本', 'z', '0', '10', '9');
my @TYPES = ('work', 'home', 'Work', 'other');
my @TIMES = ('2020-01-01T00:00:00Z', '2024-02-29T12:00:00+02:00', '2100-01-01T00:00:00.5Z');
sub word { return one(@WORDS) }
sub list { my ($make) = @_; return [map { $make->() } 1 .. 1 + int rand 3] }
sub some { my %kept = @_; delete @kept{grep { rand() < 0.4 } keys %kept}; return %kept ? \%kept : { value => word() } }

# A value in a list has one type, and one value is primary.
sub distinct { my ($list) = @_; my %seen; my @kept = grep { !$seen{join '/', map { $_ // '' } @$_{qw(value type)}}++ } @$list; delete $_->{primary} for @kept[1 .. $#kept]; return \@kept }
my $n = 0;
sub account {
    return (userName => word() . '-' . ++$n,
        maybe(0.6, title => word()), maybe(0.5, nickName => word()), maybe(0.5, userType => word()), maybe(0.4, active => one(true, false)),
        maybe(0.3, externalId => "$n " . word()), maybe(0.4, displayName => word()), maybe(0.2, profileUrl => 'http://X.example/' . one('A', 'a')),
        maybe(0.7, name => some(familyName => word(), givenName => word(), formatted => word())),
        maybe(0.7, emails => distinct(list(sub { return { value => lc(one('A', 'b', 'c')) . '@' . one('x.example', 'Y.example'), maybe(0.7, type => one(@TYPES)),
            maybe(0.3, display => word()), maybe(0.4, primary => one(true, false)) } }))),
        maybe(0.4, phoneNumbers => distinct(list(sub { return { value => one('1', '22', '333'), maybe(0.7, type => one(@TYPES)) } }))),
        maybe(0.3, photos => distinct(list(sub { return { value => 'http://x.example/' . one('A', 'a', 'b') } }))),
        maybe(0.4, addresses => [{ type => one(@TYPES), locality => word(), maybe(0.5, primary => true) }]),
        maybe(0.6, $ENTERPRISE => { department => word(), maybe(0.5, employeeNumber => one('E1', 'e1', 'E2')), maybe(0.4, costCenter => word()),
            maybe(0.3, manager => { value => one('26', '27') }) }));
}

# --- conditions -------------------------------------------------------------------------------------------------------------------------

sub quoted { my $text = shift; $text =~ s/([\\"])/\\$1/g; return qq("$text") }
my $groups;    # ids that a condition may ask for
my @TEXT = (qw(userName title nickName userType displayName externalId name.familyName name.givenName name.formatted emails emails.value emails.type emails.display
    phoneNumbers.value phoneNumbers.type photos.value profileUrl addresses.locality addresses.type groups.display groups.type meta.resourceType),
    map {"$ENTERPRISE:$_"} qw(department employeeNumber costCenter manager.value));
my @PLAIN = qw(name emails phoneNumbers photos addresses groups meta schemas id active);
my %INSIDE = (emails => [qw(value type display)], phoneNumbers => [qw(value type)], addresses => [qw(locality type region)], name => [qw(familyName givenName)],
    groups => [qw(display type)], photos => ['value']);
sub text { my ($attr) = @_; return $attr =~ /type$/ ? one(@TYPES, 'direct', 'indirect', 'User') : $attr =~ /^groups/ ? one('team', 'Staff', 'ALL', 'a') : $attr =~ /emails|^value/ ? one('a@x.example', 'B@', '@Y.EXAMPLE', '.example', '22')
    : one(@WORDS, 'a', 'E1', 'http://x.example/A', '26', '') }
sub compared {
    my ($attr) = @_;
    my $how = rand;
    return "$attr pr" if $how < 0.15;
    return "$attr " . one('eq', 'ne') . ' null' if $how < 0.25;
    return "$attr " . one(qw(eq ne co sw ew gt ge lt le)) . ' ' . quoted(text($attr));
}
sub inside {
    my ($attr, $depth) = @_;
    return one('', 'not ') . '(' . inside($attr, $depth - 1) . one(' and ', ' or ') . inside($attr, $depth - 1) . ')' if $depth > 0 && rand() < 0.5;
    return one('primary eq true', 'primary ne true', 'not (primary eq false)') if $attr eq 'emails' && rand() < 0.2;
    return 'value ' . one('eq', 'ne') . ' ' . quoted(one(@$groups, 'none')) if $attr eq 'groups' && rand() < 0.4;
    return compared(one(@{ $INSIDE{$attr} }));
}
sub simple {
    my $how = rand;
    return one(@PLAIN) . ' pr' if $how < 0.1;
    return 'active ' . one('eq', 'ne') . ' ' . one('true', 'false') if $how < 0.2;
    return 'meta.' . one('created', 'lastModified') . ' ' . one(qw(gt ge lt le eq ne)) . ' ' . quoted(one(@TIMES)) if $how < 0.25;
    return 'groups.value ' . one('eq', 'ne') . ' ' . quoted(one(@$groups, uc $groups->[0], 'none')) if $how < 0.32;
    return one('id eq "none"', 'id ne "none"', 'id gt "0"', 'id sw "0"', 'meta.version eq "W/\"1\""') if $how < 0.36;
    return "$_\[" . inside($_, 2) . ']' for grep { $how < 0.6 } one(sort keys %INSIDE);
    return compared(one(@TEXT));
}
sub condition { my ($depth) = @_; return $depth > 0 && rand() < 0.6 ? one('', 'not ') . '(' . condition($depth - 1) . one(' and ', ' or ') . condition($depth - 1) . ')' : simple() }

# --- what the templates give ------------------------------------------------------------------------------------------------------------

my $staff = $t->admin(POST => '/groups', { displayName => 'Staff' })->{json}{id};
my $team  = $t->admin(POST => '/groups', { displayName => 'Team', kind => 'profile' })->{json}{id};
my $all   = $t->make(Groups => displayName => 'All', members => [{ value => $team }]);
$groups = [$team, $staff, $all];
is($t->admin(POST => '/templates', { name => 'Groups', priority => 1, groups => ['Staff', 'Team'], condition => 'not (title eq "z")' })->{status}, 201, 'some join groups');
my @asked = map { condition(3) } 1 .. $CONDITIONS;
for my $i (0 .. $#asked) {
    is($t->admin(POST => '/flags', { flag => "f$i" })->{status}, 201, "flag f$i");
    my $res = $t->admin(POST => '/templates', { name => "t$i", flags => ["f$i"], condition => $asked[$i] });
    is($res->{status}, 201, $asked[$i]) or diag $res->{body};
}
my $bulk = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => 'POST', path => '/Users', bulkId => "b$_",
    data => { schemas => [$USER], account() } } } 1 .. $USERS] });
is(scalar(grep { $_->{status} ne '201' } @{ $bulk->{json}{Operations} }), 0, 'many accounts') or diag explain [grep { $_->{status} ne '201' } @{ $bulk->{json}{Operations} }];
$t->make(Users => account()) for 1 .. $SINGLE;
for (1 .. $LOCAL) {
    my $res = $t->admin(POST => '/users', { userName => 'local ' . word() . ++$n, maybe(0.6, displayName => word()), maybe(0.6, givenName => word()),
        maybe(0.6, familyName => word()), maybe(0.6, email => 'a' . $n . '@x.example') });
    is($res->{status}, 201, 'a local account') or diag $res->{body};
}

# --- what a preview finds ---------------------------------------------------------------------------------------------------------------

my %given;
push @{ $given{ $_->[0] } }, $_->[1] for map { [split /\|/] } split /\n/,
    sql("select f || '|' || r.id from scim.resource r cross join lateral unnest(r.flags) f where r.tenant = '$own' order by r.id");
my ($some, $wrong) = (0, 0);
for my $i (0 .. $#asked) {
    my @found = sort map { $_->{id} } @{ $t->admin(GET => "/template-preview?template=t$i&limit=500")->{json}{items} };
    my @has   = sort @{ $given{"f$i"} // [] };
    $some++ if @found && @found < $USERS;
    next if "@found" eq "@has";
    $wrong++;
    my %both; $both{$_}++ for @found; $both{$_} += 2 for @has;
    my ($id) = grep { $both{$_} != 3 } sort keys %both;
    fail("$asked[$i]: " . ($both{$id} == 1 ? 'not given, but found' : 'given, but not found'));
    diag sql("select r.doc from scim.resource r where r.tenant = '$own' and r.id = '$id'");
}
is($wrong, 0, 'all conditions are true of the same accounts');
cmp_ok($some, '>', $CONDITIONS / 4, 'and many of some, not of all');
is(sql("select count(*) from scim.audit where tenant = '$own' and action = 'template-failed'"), 0, 'each could be asked');

done_testing;
