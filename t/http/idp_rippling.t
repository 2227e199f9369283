# Rippling: users are looked up by their e-mail address.
use strict;
use warnings;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t = ScimTest->new('rippling');
sub find { $t->request(GET => '/Users?filter=' . uri_escape_utf8($_[0])) }
my @by = map { my $address = $_; map { sprintf $_, $address } 'emails.value eq "%s"', 'emails eq "%s"', 'emails[value eq "%s"]',
    'emails[type eq "work"].value eq "%s"', 'emails[type eq "work" and value eq "%s"]',
    'emails.value eq "%s" and active eq true' } 'ann@x.example', 'ANN@X.example';

is_reply(find($_), 200, listing(0, 1), "nobody: $_") for @by;
my %user = (userName => 'ann', displayName => 'Ann N', active => true, name => { familyName => 'N', givenName => 'Ann' },
    emails => [{ value => 'Ann@x.example', type => 'work', primary => true }, { value => 'ann@home.example', type => 'home' }]);
$t->make(Users => userName => 'other', emails => [{ value => 'ann@x.example.org', type => 'work' }]);
my $res = $t->request(POST => '/Users', { schemas => [$USER], %user });
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, 'stored');
is_reply(find($_), 200, listing(1, 1, $res->{json}), "found: $_") for @by;
is_reply(find('emails[type eq "work"].value eq "ann@home.example"'), 200, listing(0, 1), 'not by the address of another type');
is_reply(find('emails.value eq "ann@home.example"'), 200, listing(1, 1, $res->{json}), 'by the second address');

is_reply($t->patch("/Users/$id", [{ op => 'replace', path => 'emails[type eq "work"].value', value => 'ann2@x.example' }]), 200,
    $t->user({ %user, emails => [{ value => 'ann2@x.example', type => 'work', primary => true }, $user{emails}[1]] }, $id, 2),
    'another address');
is_reply(find('emails.value eq "ann@x.example"'), 200, listing(0, 1), 'the old address finds nobody');
is(find('emails.value eq "ann2@x.example"')->{json}{totalResults}, 1, 'the new one does');
is($t->patch("/Users/$id", [{ op => 'replace', value => { active => false } }])->{status}, 200, 'deactivate');
is_json($t->row($id)->{doc}{active}, false, 'deactivated: stored');
is(find('emails.value eq "ann2@x.example"')->{json}{totalResults}, 1, 'a deactivated user is found');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'delete');
is_reply(find('emails.value eq "ann2@x.example"'), 200, listing(0, 1), 'a deleted user is not');

done_testing;
