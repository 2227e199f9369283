# Extensions and resource types from files only: the examples of conf/examples, and a schema with attributes of every
# type and characteristic. The test has its own httpd, and restarts it like an operator.
use strict;
use warnings;
use IO::Socket::INET;
use Test::More;
use ScimFront;
use ScimTest;

my $DEVICE = 'urn:ietf:params:scim:schemas:core:2.0:Device';
my $BADGE  = 'urn:example:params:scim:schemas:extension:badge:2.0:User';
my $ALL    = 'urn:example:params:scim:schemas:all:2.0:Thing';
my $MORE   = 'urn:example:params:scim:schemas:extension:more:2.0:Thing';
my $work = $ENV{SCIM_TEST_WORK};
my $home = "$work/extension";

# --- the server ---

sub put {
    my ($name, $content) = @_;
    open my $out, '>', "$home/$name" or die "$name: $!";
    print $out ref $content ? json($content) : $content;
    close $out;
}
mkdir $home;
mkdir "$home/$_" for qw(examples things);
system('cp', (glob "$work/examples/*.json"), "$home/examples") == 0 or die 'cp failed';
put('things/all.json', { schemas => ['urn:ietf:params:scim:schemas:core:2.0:Schema'], id => $ALL, name => 'Thing',
    description => 'd', attributes => attributes() });
put('things/more.json', { schemas => ['urn:ietf:params:scim:schemas:core:2.0:Schema'], id => $MORE, name => 'More',
    description => 'd', attributes => attributes(required => 1) });
put('things/thing.json', { schemas => ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], name => 'Thing',
    endpoint => '/Things', schema => $ALL, schemaExtensions => [{ schema => $MORE, required => false }] });
my $port = do {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "socket: $!";
    $socket->sockport;
};
my $base = do { local (@ARGV, $/) = "$work/t/base.conf"; <> };
put('httpd.conf', <<"CONF");
ServerRoot $home
ServerName 127.0.0.1
Listen 127.0.0.1:$port
PidFile $home/pid
ErrorLog $home/error_log
LogLevel warn scim:info
DefaultRuntimeDir $home
Mutex file:$home default
$base
@{[ScimFront::processes()]}DBDriver pgsql
DBDParams "host=$ENV{PGHOST} dbname=scim user=scim_web connect_timeout=3"
DBDMin 0
DBDKeep 8
DBDMax 8
ScimSchemaDir $work/schemas $home/examples
ScimSchemaDir things
<Location "/scim/v2">
    SetHandler scim
    ScimTenant path
    ScimPatchResponse Device none
    Require all granted
</Location>
CONF
my $httpd = 0;
sub httpd { return run_ok("$work/bin/httpd", '-f', "$home/httpd.conf", @_) }
my ($said, $code) = httpd();
is($code, 0, 'httpd starts') or BAIL_OUT($said);
END {
    if ($httpd) {
        my $status = $?;
        kill TERM => $httpd;
        eventually(sub { !kill 0 => $httpd }, 10);
        $? = $status;
    }
}
$httpd = eventually(sub { open my $in, '<', "$home/pid" or return 0; my $pid = <$in>; $pid && $pid =~ /^(\d+)/ ? $1 : 0 });
ok($httpd, 'httpd runs');
$ScimTest::PORT = $port;
my $t = ScimTest->new('extension');
ok(eventually(sub { $t->request(GET => '/ServiceProviderConfig')->{status} == 200 }), 'and answers');

# Attributes of every type, single (tX) and multi-valued (mX), and with every characteristic.
sub attr {
    my ($name, $type, %more) = @_;
    return { name => $name, type => $type, multiValued => false, description => 'd', required => false,
        caseExact => false, mutability => 'readWrite', returned => 'default', uniqueness => 'none',
        ($type eq 'reference' ? (referenceTypes => ['Device', 'external']) : ()), %more };
}
sub attributes {
    my (%with) = @_;
    my @simple = qw(string boolean decimal integer dateTime reference binary);
    my @parts = map { attr("p$_", $_) } @simple;
    return [
        (map { attr("t$_", $_) } @simple), (map { attr("m$_", $_, multiValued => true, $_ eq 'string' ? (indexed => true) : ()) } @simple),
        attr('texact', 'string', caseExact => true),
        attr('one', 'complex', subAttributes => [@parts, attr('fixed', 'string', mutability => 'immutable'),
            attr('asked', 'string', returned => 'request')]),
        attr('many', 'complex', multiValued => true, subAttributes => [attr('value', 'string', indexed => true),
            attr('type', 'string'), attr('primary', 'boolean'), @parts]),
        attr('fixed', 'string', mutability => 'immutable'), attr('shown', 'string', mutability => 'readOnly'),
        attr('secret', 'string', mutability => 'writeOnly', returned => 'never'),
        attr('hidden', 'string', returned => 'never'), attr('asked', 'string', returned => 'request'),
        attr('always', 'string', returned => 'always'),
        ($with{required} ? attr('needed', 'string', required => true) : ()),
    ];
}

# --- discovery ---

my $res = $t->request(GET => '/ResourceTypes', undef, Authorization => undef);
is_json([sort map { $_->{name} } @{ $res->{json}{Resources} }], [qw(Device Entitlement Group OktaEntitlement OktaRole Role Thing
    User)], 'all types are served');
is_json($t->request(GET => '/ResourceTypes/Device')->{json}, {
    schemas => ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], id => 'Device', name => 'Device',
    description => $ANY, endpoint => '/Devices', schema => $DEVICE,
    meta => { resourceType => 'ResourceType', location => $t->url . '/ResourceTypes/Device' } }, 'Device is one');
is_json($t->request(GET => '/ResourceTypes/User')->{json}{schemaExtensions},
    [{ schema => $ENTERPRISE, required => false }, { schema => $BADGE, required => false }], 'User has one more extension');
for my $urn ($DEVICE, $BADGE) {
    my ($file) = grep { ($_->{id} // '') eq $urn } map { unjson(do { local (@ARGV, $/) = $_; <> }) } glob "$home/examples/*.json";
    delete $_->{indexed} for @{ $file->{attributes} };    # is no characteristic, and not served
    is_reply($t->request(GET => "/Schemas/$urn"), 200,
        { %$file, meta => { resourceType => 'Schema', location => $t->url . "/Schemas/$urn" } }, "the schema $urn");
}

# --- Device: a resource type besides User and Group ---

sub device { $t->resource(Devices => $DEVICE, 'Device', @_) }
my %device = (displayName => 'Sensor 7', active => true, mudUrl => 'https://mud.example/S7');
$res = $t->request(POST => '/Devices', { schemas => [$DEVICE], externalId => 'x7', %device });
is_reply($res, 201, device({ %device, externalId => 'x7' }, undef, 1), 'POST');
my $id = $res->{json}{id};
my $whole = device({ %device, externalId => 'x7' }, $id, 1);
is_reply($t->request(GET => "/Devices/$id"), 200, $whole, 'GET');
is_reply($t->request(GET => '/Devices'), 200, listing(1, 1, $whole), 'the bare list');
is($t->row($id)->{type}, 'Device', 'it is stored as a Device');
is_error($t->request(POST => '/Devices', { schemas => [$DEVICE], displayName => 'x' }), 400, 'invalidValue',
    qr/active is required/, 'without what is required');
is_error($t->request(POST => '/Devices', { schemas => [$DEVICE], active => true, mudUrl => 'a b' }), 400, 'invalidValue',
    qr/mudUrl must be a URI/, 'a reference that is none');
is_error($t->request(POST => '/Devices', { schemas => [$USER], active => true }), 400, 'invalidSyntax', qr/Device/,
    'the schema of another type');
is_error($t->request(GET => "/$_/$id"), 404, undef, qr/does not exist/, "it is none of $_") for qw(Users Groups Things);
is_error($t->request(GET => '/devices'), 404, undef, undef, 'paths have case');
for (['externalId eq "x7"', 1], ['displayName eq "sensor 7"', 1], ['displayName sw "Sens"', 1], ['active eq false', 0],
    ['mudUrl co "mud.example"', 1], ["$DEVICE:mudUrl pr", 1], ['groups pr', 0], ['groups.value eq "x"', 0],
    ["id eq \"$id\"", 1], ['meta.resourceType eq "Device"', 1]) {
    is($t->request(GET => '/Devices?filter=' . uri($_->[0]))->{json}{totalResults}, $_->[1], "filter: $_->[0]");
}
sub uri { my $text = shift; $text =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; return $text }
is_reply($t->request(GET => '?filter=' . uri('mudUrl eq "https://mud.example/S7"')), 200, listing(1, 1, $whole),
    'a query of the root finds it');
is_reply($t->request(POST => '/Devices/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
    filter => 'active eq true', sortBy => 'mudUrl' }), 200, listing(1, 1, $whole), 'and a search');
is_error($t->request(GET => '/Devices?filter=' . uri('userName eq "x"')), 400, 'invalidFilter', qr/userName/,
    "a filter with another type's attribute");
is_empty($t->patch("/Devices/$id", [{ op => 'replace', path => 'active', value => false }]), 204, 'PATCH, as the directive says');
is_reply($t->patch("/Devices/$id?attributes=active", [{ op => 'remove', path => 'mudUrl' }]), 200,
    { schemas => [$DEVICE], id => $id, active => false }, 'PATCH with attributes');
is_error($t->patch("/Devices/$id", [{ op => 'remove', path => 'active' }]), 400, 'mutability', qr/active/,
    'what is required stays');
is_error($t->patch("/Devices/$id", [{ op => 'add', path => 'groups', value => [{ value => 'x' }] }]), 400, 'mutability',
    undef, 'readOnly');
$res = $t->request(PUT => "/Devices/$id", { schemas => [$DEVICE], displayName => 'S', active => true,
    groups => [{ value => 'x' }] }, 'If-Match' => 'W/"3"');
is_reply($res, 200, device({ displayName => 'S', active => true }, $id, 4), 'PUT');
is($t->request(PUT => "/Devices/$id", { schemas => [$DEVICE], active => true }, 'If-Match' => 'W/"3"')->{status}, 412,
    'PUT of an older version');
is($t->request(GET => "/Devices/$id", undef, 'If-None-Match' => 'W/"4"')->{status}, 304, 'what is known already');
my $second = $t->request(POST => '/Devices', { schemas => [$DEVICE], displayName => 'S', active => true });
is($second->{status}, 201, 'names need not be unique');
is($t->request(GET => '/Devices?startIndex=2&count=1')->{json}{Resources}[0]{id}, $second->{json}{id}, 'a page');
is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'g', members => [{ value => $id }] }), 400,
    'invalidValue', qr/\Q$id\E/, 'a device is no member of a group');
is_empty($t->request(DELETE => "/Devices/$id"), 204, 'DELETE');
is_error($t->request(GET => "/Devices/$id"), 404, undef, undef, 'it is gone');
is($t->row($id)->{deleted}, true, 'but kept');
is($t->request(GET => '/Devices')->{json}{totalResults}, 1, 'and not listed');
my $other = ScimTest->new('extension-other');
is_error($other->request(GET => "/Devices/$second->{json}{id}"), 404, undef, undef, "another tenant's is unknown");
is($other->request(GET => '/Devices')->{json}{totalResults}, 0, 'and not listed');

# --- the badge: an extension of User ---

my %badge = (number => 'A-1', issued => '2026-01-02T03:04:05Z', level => 3,
    areas => [{ value => 'B1', type => 'building', until => '2030-01-01T00:00:00Z' }, { value => 'R7', type => 'room' }]);
my %user = (userName => 'u1', displayName => 'u1', active => true);
$res = $t->request(POST => '/Users', { schemas => [$USER, $BADGE], %user, $BADGE => { %badge, photo => '/9j/' } });
is_reply($res, 201, $t->user({ %user, $BADGE => \%badge }), 'a user with a badge: the photo must be asked for');
my $u1 = $res->{json}{id};
is_reply($t->request(GET => "/Users/$u1?attributes=$BADGE:photo"), 200,
    { schemas => [$USER, $BADGE], id => $u1, $BADGE => { photo => '/9j/' } }, 'the photo, asked for');
is($t->make(Users => userName => 'u2') =~ $ID, 1, 'a user without a badge');
is_error($t->request(POST => '/Users', { schemas => [$USER, $BADGE], userName => 'u3', $BADGE => { level => 1 } }), 400,
    'invalidValue', qr/\Q$BADGE\E:number is required/, 'a badge without its number');
for (['number eq "A-1"', 1], ['number eq "a-1"', 0], ['level ge 3', 1], ['level gt 3', 0],
    ['issued gt "2026-01-02T04:04:04+01:00"', 1], ['issued eq "2026-01-02T04:04:05+01:00"', 1],
    ['areas[type eq "building" and until gt "2029-12-31T23:59:59Z"]', 1], ['areas[value eq "R7" and until pr]', 0],
    ['areas.value eq "r7"', 1], ['areas eq "B1"', 1]) {
    is($t->request(GET => '/Users?filter=' . uri("$BADGE:$_->[0]"))->{json}{totalResults}, $_->[1], "filter: $_->[0]");
}
is_error($t->patch("/Users/$u1", [{ op => 'replace', path => "$BADGE:issued", value => '2027-01-01T00:00:00Z' }]), 400,
    'mutability', qr/issued/, 'immutable');
$res = $t->patch("/Users/$u1", [{ op => 'add', path => "$BADGE:areas", value => [{ value => 'R8' }] },
    { op => 'remove', path => "$BADGE:areas[value eq \"B1\"]" }, { op => 'replace', path => "$BADGE:areas[value eq \"R7\"].type",
        value => 'lab' }, { op => 'replace', path => "$BADGE:level", value => 4 }]);
my %changed = (%badge, level => 4, areas => [{ value => 'R7', type => 'lab' }, { value => 'R8' }]);
is_reply($res, 200, $t->user({ %user, $BADGE => \%changed }, $u1, 2), 'PATCH of the badge');
is_error($t->request(PUT => "/Users/$u1", { schemas => [$USER, $BADGE], userName => 'u1', active => true,
    $BADGE => { number => 'A-2', issued => '2027-01-01T00:00:00Z' } }), 400, 'mutability', qr/issued/, 'PUT of what is immutable');
is_reply($t->request(PUT => "/Users/$u1", { schemas => [$USER, $BADGE], %user, $BADGE => { number => 'A-2' } }), 200,
    $t->user({ %user, $BADGE => { number => 'A-2', issued => $badge{issued} } }, $u1, 3), 'PUT keeps what is immutable');
is($t->patch("/Users/$u1", [{ op => 'remove', path => "$BADGE:number" }])->{status}, 400, 'what is required stays');

# --- every type and characteristic, in a base schema and in an extension ---

my %value = (string => 'Str', boolean => true, decimal => 1.5, integer => 7, dateTime => '2026-01-02T03:04:05Z',
    reference => 'https://x.example/a', binary => 'AQID');
my %wrong = (string => 1, boolean => 'maybe', decimal => 'x', integer => 1.5, dateTime => 'yesterday', reference => 'a b',
    binary => '?');
my @types = sort keys %value;
my %set = ((map { ("t$_" => $value{$_}) } @types), (map { ("m$_" => [$value{$_}]) } @types), texact => 'Str',
    one => { map { ("p$_" => $value{$_}) } @types }, always => 'w',
    many => [{ value => 'v', type => 't', map { ("p$_" => $value{$_}) } @types }, { value => 'second' }]);
my %unseen = (shown => 's', secret => 's', hidden => 'h', asked => 'a');
for my $in ('', "$MORE:") {
    my $where = $in ? 'extension' : 'base';
    my $as = sub { $in ? ($MORE => { needed => 'n', @_ }) : @_ };
    my $thing = sub { $t->resource(Things => $ALL, 'Thing', @_) };
    $res = $t->request(POST => '/Things', { schemas => [$ALL, ($in ? $MORE : ())], $as->(%set, %unseen) });
    is_reply($res, 201, $thing->({ $as->(%set) }, undef, 1), "$where: every type");
    my $id = $res->{json}{id};
    is_reply($t->request(GET => "/Things/$id"), 200, $thing->({ $as->(%set) }, $id, 1), "$where: GET");
    is_json($t->request(GET => "/Things/$id?attributes=${in}asked,${in}hidden,${in}secret")->{json},
        { schemas => [$ALL, ($in ? $MORE : ())], id => $id, ($in ? ($MORE => { asked => 'a', always => 'w' }) :
            (asked => 'a', always => 'w')) }, "$where: attributes that must be asked for");
    my $doc = $t->row($id)->{doc};
    $doc = $doc->{$MORE} if $in;
    is_json({ map { $_ => exists $doc->{$_} ? $doc->{$_} : '-' } keys %unseen },
        { shown => '-', secret => '-', hidden => 'h', asked => 'a' }, "$where: what is stored");

    for my $type (@types) {
        my $v = json($value{$type});
        for my $path ("t$type", "m$type", "one.p$type", "many.p$type") {
            my @filters = ("$path eq $v", "$path pr");
            push @filters, "$path ge $v", "$path le $v" if $type =~ /decimal|integer|dateTime|string/;
            push @filters, "many[p$type eq $v and value eq \"v\"]" if $path =~ /^many/;
            is($t->request(GET => '/Things?filter=' . uri("id eq \"$id\" and $in$_"))->{json}{totalResults}, 1,
                "$where: filter $_") for @filters;
            is($t->request(GET => '/Things?filter=' . uri("id eq \"$id\" and $in$path ne $v"))->{json}{totalResults}, 0,
                "$where: filter $path ne") if $path =~ /^(?:t|one)/;
        }
        is_error($t->request(POST => '/Things', { schemas => [$ALL, ($in ? $MORE : ())], $as->(@$_) }), 400, 'invalidValue',
            qr/\Q$in\E\S*$type/, "$where: a wrong $type in $_->[0]")
            for ["t$type", $wrong{$type}], ["m$type", [$wrong{$type}]], ['one', { "p$type" => $wrong{$type} }],
                ['many', [{ "p$type" => $wrong{$type} }]];
        is_error($t->patch("/Things/$id", [{ op => 'replace', path => "${in}t$type", value => $wrong{$type} }]), 400,
            'invalidValue', qr/t$type/, "$where: PATCH with a wrong $type");
    }
    is($t->request(GET => '/Things?filter=' . uri("id eq \"$id\" and ${in}texact eq \"str\""))->{json}{totalResults}, 0,
        "$where: caseExact");
    is_error($t->request(GET => '/Things?filter=' . uri("${in}t$_ gt " . json($value{$_}))), 400, 'invalidFilter', undef,
        "$where: no order of $_") for qw(boolean binary);

    # Values are sorted by type: 7 before 10, and times in UTC.
    my %higher = (decimal => 10.25, integer => 10, dateTime => '2026-01-02T01:04:06-02:00', string => 'tail');
    my $higher = $t->request(POST => '/Things', { schemas => [$ALL, ($in ? $MORE : ())],
        $as->(map { ("t$_" => $higher{$_}) } sort keys %higher) })->{json}{id};
    for my $type (@types) {
        for my $order ($type =~ /decimal|integer|dateTime|string/ ? ([ascending => $id, $higher], [descending => $higher, $id]) :
            [ascending => $id, $higher]) {
            my ($word, @ids) = @$order;
            $res = $t->request(GET => "/Things?sortBy=${in}t$type&sortOrder=$word&attributes=id");
            is_json([map { $_->{id} } @{ $res->{json}{Resources} }], \@ids, "$where: sorted by t$type, $word");
        }
    }
    is($t->request(DELETE => "/Things/$higher")->{status}, 204, "$where: the other one is deleted");

    # PATCH: each type is removed and set again, alone, in a complex attribute, and in one element of a list
    for my $path ((map { ("t$_", "m$_", "one.p$_") } @types), map { "many[value eq \"v\"].p$_" } @types) {
        my ($type) = $path =~ /(?:^[tm]|\.p)(\w+)$/;
        my $v = $path =~ /^m(?!any)/ ? [$value{$type}] : $value{$type};
        my $gone = $t->patch("/Things/$id", [{ op => 'remove', path => "$in$path" }]);
        isnt(json($gone->{json}{$MORE} // $gone->{json}), json($doc), "$where: PATCH removes $path");
        is($t->request(GET => '/Things?filter=' . uri("id eq \"$id\" and $in$path pr"))->{json}{totalResults}, 0,
            "$where: $path is absent") unless $path =~ /^many/;
        my $back = $t->patch("/Things/$id", [{ op => 'add', path => "$in$path", value => $v }]);
        is_reply($back, 200, $thing->({ $as->(%set) }, $id), "$where: PATCH sets $path");
    }

    # mutability
    is_error($t->patch("/Things/$id", [{ op => 'add', path => "${in}shown", value => 'x' }]), 400, 'mutability', qr/shown/,
        "$where: readOnly");
    is($t->patch("/Things/$id", [{ op => 'add', path => "${in}fixed", value => 'f' }])->{status}, 200, "$where: immutable, set once");
    is_error($t->patch("/Things/$id", [{ op => 'replace', path => "${in}fixed", value => 'g' }]), 400, 'mutability',
        qr/fixed/, "$where: immutable, set again");
    is_error($t->patch("/Things/$id", [{ op => 'remove', path => "${in}fixed" }]), 400, 'mutability', qr/fixed/,
        "$where: immutable, removed");
    is($t->patch("/Things/$id", [{ op => 'add', path => "${in}one.fixed", value => 'f' }])->{status}, 200,
        "$where: an immutable part, set once");
    is_error($t->request(PUT => "/Things/$id", { schemas => [$ALL, ($in ? $MORE : ())], $as->(one => { fixed => 'g' }) }), 400,
        'mutability', qr/one\.fixed/, "$where: an immutable part, replaced");
    is($t->request(GET => '/Things?filter=' . uri("${in}$_ pr"))->{status}, $_ eq 'secret' ? 400 : 200, "$where: filter by $_")
        for qw(asked secret);
    is_json($t->patch("/Things/$id?attributes=${in}one.asked", [{ op => 'add', path => "${in}one.asked", value => 'q' }])->{json},
        { schemas => [$ALL, ($in ? $MORE : ())], id => $id, $in ? ($MORE => { one => { asked => 'q' }, always => 'w' }) :
            (one => { asked => 'q' }, always => 'w') }, "$where: a part that must be asked for");
    ok(!exists +($in ? $t->request(GET => "/Things/$id")->{json}{$MORE} : $t->request(GET => "/Things/$id")->{json})->{one}{asked},
        "$where: and is not shown else");
    is_empty($t->request(DELETE => "/Things/$id"), 204, "$where: DELETE");
}
is_error($t->request(POST => '/Things', { schemas => [$ALL, $MORE], $MORE => { tstring => 's' } }), 400, 'invalidValue',
    qr/\Q$MORE\E:needed is required/, 'a required attribute of an extension');

# --- attributes that are declared as indexed ---

sub log_text { local (@ARGV, $/) = "$home/error_log"; return scalar <> }
sub indexed { return [grep { $_->[1] !~ /^(emails|phoneNumbers)\.value$/ } map { [@{$_}{qw(type attribute state)}] }
    @{ unjson(scimctl(qw(db index --json --schema-dir), "$work/schemas", map({ ('--schema-dir' => "$home/$_") } qw(examples things)), @_)) }] }
# How many resources a filter finds.
sub found { my ($endpoint, $filter) = @_; return $t->request(GET => "/$endpoint?filter=" . uri($filter))->{json}{totalResults} }
# Whether filters use the rows of scim.lookup: if the rows are missing, they find nothing.
sub uses_lookup {
    my ($endpoint, $filter) = @_;
    my $rows = sql("select coalesce(json_agg(l), '[]') from scim.lookup l where tenant = '" . $t->tenant . "'");
    sql("delete from scim.lookup where tenant = '" . $t->tenant . "'");
    my $found = found($endpoint, $filter);
    sql("insert into scim.lookup select * from json_populate_recordset(null::scim.lookup, '$rows')");
    return !$found;
}
sub keys_of {
    my ($id) = @_;
    return sql("select string_agg(i.attribute || ':' || l.key, ' ' order by i.id, l.key) from scim.lookup l
        join scim.indexed i on i.id = l.attribute where l.tenant = '" . $t->tenant . "' and l.resource_id = '$id'");
}
my @lines = log_text() =~ /^.*\[scim:warn\].*$/mg;
cmp_ok(scalar @lines, '>=', 1, 'what is declared and not indexed is logged');
like($lines[0], qr/\QUser $BADGE:number, Thing mstring, Thing many.value, Thing $MORE:mstring, Thing $MORE:many.value (run: scimctl db index,\E/,
    'with what to do');
my $badge = 'number eq "A-9"';
my $u9 = $t->make(Users => schemas => [$USER, $BADGE], userName => 'u9', $BADGE => { number => 'A-9' });
my $thing = $t->make(Things => schemas => [$ALL, $MORE], tstring => 't', mstring => ['Ab', 'Cd'],
    $MORE => { needed => 'n', mstring => ['y' x 1000], many => [{ value => 'x' x 1000 }, { value => 'Ef', type => 'g' }] });
my $gone = $t->make(Users => schemas => [$USER, $BADGE], userName => 'u10', $BADGE => { number => 'A-10' });
$t->request(DELETE => "/Users/$gone");
is(found(Users => $badge), 1, 'a filter answers all the same');
is(uses_lookup(Users => $badge), '', 'without the index');
my @all = (['User', "$BADGE:number"], map { my $in = $_; map { ['Thing', "$in$_"] } qw(mstring many.value) } '', "$MORE:");
is_json(indexed(), [map { [@$_, 'added'] } @all], 'scimctl db index');
is_json(indexed(), [map { [@$_, 'ready'] } @all], 'and again: there is nothing to do');
is(uses_lookup(Users => $badge), '', 'a connection that was there before goes on without');
is(keys_of($u9), 'number:A-9', 'the rows of a user that was there, by case');
is(keys_of($thing), 'mstring:ab mstring:cd mstring:' . 'y' x 256 . ' many:ef many:' . 'x' x 256, 'the rows of a thing, folded and cut');
is(keys_of($gone), '', 'a deleted user has none');
($said, $code) = httpd('-k', 'graceful');
is($code, 0, 'a graceful restart') or diag $said;
ok(eventually(sub { uses_lookup(Users => $badge) }, 10), 'and the index is used');
is(scalar(() = log_text() =~ /\[scim:warn\]/g), scalar @lines, 'nothing more is logged');
for (['Users', 'number eq "A-9"', 1], ['Users', 'number eq "a-9"', 0], ['Users', 'number sw "A-9"', 1], ['Users', 'number ne "A-9"', 2],
    ['Things', 'mstring eq "aB"', 1], ['Things', 'mstring[value eq "cd"]', 1], ['Things', 'mstring sw "abc"', 0],
    ['Things', "$MORE:many.value eq \"ef\"", 1], ['Things', "$MORE:many[type eq \"g\" and value eq \"ef\"]", 1],
    ['Things', "$MORE:many[type eq \"h\" and value eq \"ef\"]", 0], ['Things', 'many.value eq "ef"', 0],
    ['Things', "$MORE:many.value eq \"" . 'X' x 1000 . '"', 1], ['Things', "$MORE:many.value eq \"" . 'X' x 999 . '"', 0],
    ['Things', "$MORE:many.value sw \"" . 'X' x 999 . '"', 1], ['Things', "not ($MORE:many.value eq \"ef\")", 0]) {
    is(found(@$_[0, 1]), $_->[2], substr("filter: $_->[1]", 0, 100));
}
$t->patch("/Users/$u9", [{ op => 'replace', path => "$BADGE:number", value => 'A-8' }]);
is(keys_of($u9), 'number:A-8', 'PATCH keeps the rows');
is(found(Users => 'number eq "A-8"'), 1, 'and the filter');
$t->patch("/Things/$thing", [{ op => 'remove', path => 'mstring[value eq "Ab"]' }]);
is(keys_of($thing), 'mstring:cd mstring:' . 'y' x 256 . ' many:ef many:' . 'x' x 256, 'of a list too');
$t->request(DELETE => "/Users/$u9");
is(keys_of($u9), '', 'DELETE removes them');
is_json(unjson(scimctl(qw(db index --json --schema-dir), "$work/schemas")), [
    (map { { type => 'User', attribute => "$_.value", state => 'ready' } } qw(emails phoneNumbers)),
    (map { { type => $_->[0], attribute => $_->[1], state => 'undeclared' } } @all)], 'what is not declared any more is kept');
is_json([map { $_->{state} } @{ unjson(scimctl(qw(db index --json --drop --schema-dir), "$work/schemas")) }],
    [qw(ready ready), ('dropped') x 5], 'and goes with --drop');
is(keys_of($thing), '', 'with its rows');
is(sql('select count(*) from scim.lookup where attribute > 2'), 0, 'all of them');
is_json([map { $_->[2] } @{ indexed() }], [('added') x 5], 'and comes back');
($said, $code) = run_ok("$work/bin/scimctl", qw(db index --schema-dir), "$work/schemas", '--schema-dir', "$home/nowhere");
is($code, 1, 'a directory that is not there');
like($said, qr{^scimctl: \Q$home\E/nowhere: cannot read the directory}, 'and is named');
put('things/bad.json', { schemas => ['urn:ietf:params:scim:schemas:core:2.0:Schema'], id => 'urn:example:bad', name => 'Bad',
    description => 'd', attributes => [attr('when', 'dateTime', indexed => true)] });
put('things/worse.json', { schemas => ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], name => 'Bad',
    endpoint => '/Bads', schema => 'urn:example:bad' });
($said, $code) = httpd('-t');
like($said, qr{things/bad\.json: attribute when: only strings and references can be "indexed"}, 'configtest tells what cannot be indexed');
unlink "$home/things/bad.json", "$home/things/worse.json";
scimctl(qw(db index --drop --schema-dir), "$work/schemas");

# --- a changed file has an effect after the next restart ---

put('things/room.json', { schemas => ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], name => 'Room',
    endpoint => '/Rooms', schema => $ALL });
is_error($t->request(GET => '/Rooms'), 404, undef, undef, 'a new file has no effect at once');
($said, $code) = httpd('-k', 'graceful');
is($code, 0, 'a graceful restart') or diag $said;
ok(eventually(sub { $t->request(GET => '/Rooms')->{status} == 200 }, 10), 'and it has one');
is($t->request(POST => '/Rooms', { schemas => [$ALL], tstring => 'r' })->{json}{meta}{resourceType}, 'Room', 'a Room');
put('things/room.json', '{');
($said, $code) = httpd('-k', 'graceful');
isnt($code, 0, 'a broken file: the restart is refused');
like($said, qr{things/room\.json: The JSON is not valid}, 'and the file named');
is($t->request(GET => '/Rooms')->{status}, 200, 'httpd goes on as before');

done_testing;
