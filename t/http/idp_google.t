# Google Workspace with a custom application: a user has only a userName.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('google');
is_reply($t->request(GET => '/Users?filter=userName%20eq%20%22ann%40x.example%22'), 200, listing(0, 1), 'match: nobody');
my $res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'ann@x.example' });
my %user = (userName => 'ann@x.example', displayName => 'ann@x.example', active => true);
is_reply($res, 201, $t->user(\%user, undef, 1), 'create with userName only');
my $id = $res->{json}{id};
is($res->{location}, $t->url . "/Users/$id", 'Location');
is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, 'stored');
is_reply($t->request(GET => '/Users?filter=userName%20eq%20%22ann%40x.example%22'), 200, listing(1, 1, $res->{json}), 'found');
is_reply($t->request(GET => '/Users?filter=emails.value%20eq%20%22ann%40x.example%22'), 200, listing(0, 1),
    'no e-mail is made up');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'Ann@X.example' }), 409, 'uniqueness', qr/userName/,
    'create again');

# Suspended, restored, renamed, deleted
is_reply($t->patch("/Users/$id", [{ op => 'replace', path => 'active', value => false }]), 200,
    $t->user({ %user, active => false }, $id, 2), 'suspend');
is_json($t->row($id)->{doc}, { schemas => [$USER], %user, active => false }, 'suspended: stored');
is_reply($t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'ann@x.example' }), 200,
    $t->user({ %user, active => false }, $id, 3), 'PUT of userName only does not restore');
is_reply($t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'ann2@x.example', active => true }), 200,
    $t->user({ userName => 'ann2@x.example', displayName => 'ann2@x.example', active => true }, $id, 4), 'restore and rename');
is_json($t->row($id)->{doc}, { schemas => [$USER], userName => 'ann2@x.example', displayName => 'ann2@x.example', active => true },
    'restored: stored');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'delete');
is_error($t->request(GET => "/Users/$id"), 404, undef, qr/\Q$id/, 'gone');

# It lists the schema of SCIM 1.1 besides that of 2.0, which needs the profile lenient.
if (!$ENV{SCIM_TEST_PROFILE}) {
    $res = $t->request(POST => '/Users', { schemas => ['urn:scim:schemas:core:1.0', $USER], userName => 'old@x.example' });
    is_reply($res, 201, $t->user({ userName => 'old@x.example', displayName => 'old@x.example', active => true }, undef, 1), 'schemas of both versions');
}

done_testing;
