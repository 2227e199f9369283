# Names in Require lines that no tenant has: the log reports them once after a start, and scimctl doctor gets them from
# apachectl.
use strict;
use warnings;
use utf8;
use Encode 'decode';
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('names');
my $other = ScimTest->new('names-other');
$t->make(Users => userName => 'Kim-Names');
$other->make(Groups => displayName => 'Names Staff');
$t->admin(POST => '/subscriptions', { name => 'Names Web' });
$t->admin(POST => '/flags', { flag => 'names-flag' });
my @lines = (
    ['scim-role administrator', 0], ['scim-role "Admn"', 'scim-role "Admn"'], ['scim-user kim-names', 0], ['scim-user nobody-names', 'scim-user "nobody-names"'],
    ['scim-group "names staff" "Names Stuff"', 'scim-group "Names Stuff"'], ['scim-entitlement "NAMES WEB"', 0], ['scim-entitlement "Names Wéb"', 'scim-entitlement "Names Wéb"'],
    ['scim-flag names-flag', 0], ['scim-flag names-flog', 'scim-flag "names-flog"'], ['scim-role "%{env:X}"', 0], ['not scim-role "Nobodys"', 'scim-role "Nobodys"']);
my $text = join '', map { "<Location \"/place$_\">\nAUTH\nTENANT\n<RequireAll>\nRequire scim-user\nRequire $lines[$_][0]\n</RequireAll>\n</Location>\n" } 0 .. $#lines;
utf8::encode($text);
my $site = ScimAuthz->new($t, $text);
my $warned = sub { map { decode('UTF-8', $_) } $site->error_lines(qr/names something that no tenant has/) };
my @expected = map { $_->[1] || () } @lines;
ok(eventually(sub { (() = $warned->()) >= @expected }, 15), 'the log warns') or diag $site->error_lines(qr/./);
my @said = map { /\[scim:warn\].*mod_scim: \S+httpd\.conf line \d+: Require (.*) names something that no tenant has, so it matches nobody$/ ? $1 =~ s/\\x([0-9a-f]{2})/chr hex $1/ger : "? $_" } $warned->();
s/\xc3\xa9/\xe9/ for @said;
is_deeply([sort @said], [sort @expected], 'of each of them, and of no other');
sleep 2;
is(scalar(() = $warned->()), scalar @expected, 'once');
my ($dump) = run_ok("$ENV{SCIM_TEST_WORK}/bin/httpd", '-f', "$site->{front}{dir}/httpd.conf", qw(-t -D DUMP_SCIM_REQUIRES));
my @named = $dump =~ /^mod_scim requires\t(scim-\w+\t\d+\t.+\t\S+httpd\.conf)$/mg;
is(scalar @named, 11, 'all that are named, expressions apart') or diag $dump;
like($dump, qr/^mod_scim requires\tscim-role\t\d+\tAdmn\t/m, 'with kind, line, name and file');
unlike((run_ok("$ENV{SCIM_TEST_WORK}/bin/httpd", '-f', "$site->{front}{dir}/httpd.conf", '-t'))[0], qr/requires/, 'to whoever asks for them');
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
