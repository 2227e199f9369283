# PingFederate and PingOne: PUT of users, PATCH of groups, and groups that are matched by listing all.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('ping');
my @json = ('Content-Type' => 'application/json', Accept => 'application/scim+json, application/json');
sub ask { $t->request(@_[0 .. 2], $_[0] eq 'GET' ? (Accept => $json[3]) : @json) }

is_reply(ask(GET => '/Users?filter=userName+eq+%22ann%22'), 200, listing(0, 1), 'match: nobody');
my %user = (userName => 'ann', externalId => 'uid=ann,ou=people', name => { familyName => 'N', givenName => 'Ann' },
    displayName => 'Ann N', emails => [{ value => 'ann@x.example', type => 'work', primary => true }]);
my $res = ask(POST => '/Users', { schemas => [$USER, $ENTERPRISE], %user, active => false });
is_reply($res, 201, $t->user({ %user, active => false }, undef, 1), 'create a disabled user');
my $id = $res->{json}{id};
my $url = "/Users/$id";
is_json($t->row($id)->{doc}, { schemas => [$USER], %user, active => false }, 'stored, disabled');
is_reply(ask(GET => '/Users?filter=userName+eq+%22ann%22'), 200, listing(1, 1, $res->{json}), 'found');
is_error(ask(POST => '/Users', { schemas => [$USER], %user, active => false }), 409, 'uniqueness', qr/userName/, 'create again');

my $version = 1;
sub puts {
    my ($name, %change) = @_;
    %user = (%user, %change);
    my $res = ask(PUT => $url, { schemas => [$USER, $ENTERPRISE], id => $id, %user });
    my $body = $t->user(\%user, $id, ++$version);
    is_reply($res, 200, $body, $name);
    is_json($t->row($id)->{doc}, { %user, schemas => $body->{schemas} }, "$name: stored");
}
puts('enable', active => true);
puts('another name', name => { familyName => 'M', givenName => 'Ann' }, displayName => 'Ann M');
puts('the extension', $ENTERPRISE => { department => 'D', manager => { value => '26118915-6090-4610-87e4-49d8ca9f808d' } });
puts('disable', active => false);
my $before = $t->row($id);
$res = ask(PUT => '/Users/018f0000-0000-7000-8000-000000000000', { schemas => [$USER, $ENTERPRISE], %user, userName => 'new' });
is_error($res, 404, undef, undef, 'PUT of nobody');

# Groups are matched by reading every page: for any page size each group comes once, in the same order.
my @made = map { $t->make(Groups => displayName => sprintf('Group %02d', $_), externalId => "g$_") } 1 .. 23;
sub walk {
    my ($count, $more) = @_;
    my (@seen, @totals);
    for (my $start = 1; ; ) {
        my $list = ask(GET => "/Groups?startIndex=$start&count=$count$more")->{json};
        push @totals, $list->{totalResults};
        is($list->{startIndex}, $start, "pages of $count: startIndex $start");
        is($list->{itemsPerPage}, scalar @{ $list->{Resources} }, "pages of $count: itemsPerPage at $start");
        push @seen, map { $_->{id} } @{ $list->{Resources} };
        last if !$list->{itemsPerPage} || ($start += $list->{itemsPerPage}) > $list->{totalResults};
    }
    is_json(\@seen, \@made, "pages of $count$more: every group once, in order");
    is_json([grep { $_ != @made } @totals], [], "pages of $count$more: one total");
}
walk($_, '') for 1, 7, 22, 23, 24, 100;
walk(10, '&excludedAttributes=members');
is_reply(ask(GET => '/Groups?startIndex=24&count=10'), 200, listing(23, 24), 'the page after the last is empty');

my $g = $made[16];
sub group_patch {
    my ($name, $expected, @operations) = @_;
    is_empty(ask(PATCH => "/Groups/$g", { schemas => [$PATCH], Operations => \@operations }), 204, $name);
    is_json([$t->row($g)->{doc}{displayName}, $t->stored_members($g)], $expected, "$name: stored");
}
my $second = $t->make(Users => userName => 'second');
my @both = sort $id, $second;
group_patch('add members', ['Group 17', \@both], { op => 'add', path => 'members', value => [map { { value => $_ } } @both] });
group_patch('remove a member', ['Group 17', [$second]], { op => 'remove', path => "members[value eq \"$id\"]" });
group_patch('rename', ['Crew', [$second]], { op => 'replace', path => 'displayName', value => 'Crew' });
walk(5, '');
is_empty(ask(DELETE => "/Groups/$g"), 204, 'delete the group');
splice @made, 16, 1;
walk(5, '');

# Remove User Action: `disable` was tested above; `delete` is
is_json($t->row($id), $before, 'groups do not touch the user');
is_empty(ask(DELETE => $url), 204, 'delete the user');
is_error(ask(GET => $url), 404, undef, qr/\Q$id/, 'gone');

done_testing;
